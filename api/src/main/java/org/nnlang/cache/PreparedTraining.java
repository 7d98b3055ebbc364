package org.nnlang.cache;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.bytecode.ProgramCode;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.Elaborated;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Sources;
import org.nnlang.runtime.train.TrainingPlan;

/// From a source to a training that can run, by the cache or by the compiler.
public final class PreparedTraining {
    private final SourceFile source;
    private final Sources sources;
    private final @Nullable String name;
    private final Map<String, String> settings;
    private final ProgramCache cache;

    private PreparedTraining(
            SourceFile source, Sources sources, @Nullable String name, Map<String, String> settings,
            ProgramCache cache) {
        this.source = source;
        this.sources = sources;
        this.name = name;
        this.settings = settings;
        this.cache = cache;
    }

    /// Prepares a `train`.
    ///
    /// @param name     null for the only one
    /// @param settings hyper-parameters to set, by name: values as the language writes them
    /// @return what the runtime runs, and what is wrong; a program of which there is anything to say is never kept
    public static Elaborated<TrainingPlan> of(
            SourceFile source, Sources sources, @Nullable String name, Map<String, String> settings,
            ProgramCache cache) {
        return new PreparedTraining(source, sources, name, settings, cache).prepare();
    }

    private Elaborated<TrainingPlan> prepare() {
        @Nullable
        String implementation = mayKeep() ? Implementation.fingerprint() : null;
        if (implementation == null) {
            return compile(sources, null);
        }
        List<String> key = key(implementation);
        byte[] kept = cache.read(key);
        if (kept != null) {
            Elaborated<TrainingPlan> known = decode(kept);
            if (known != null) {
                return known;
            }
        }
        var asked = new RecordedAnswers(source, sources);
        return compile(asked, content -> cache.write(key, content));
    }

    /// What host code computes may change without a trace, and constants of it are part of a program: then nothing is kept.
    private boolean mayKeep() {
        return cache.isOn() && sources.operations().all().isEmpty();
    }

    private List<String> key(String implementation) {
        List<String> key = new ArrayList<>();
        key.add(implementation);
        key.add(name == null ? "" : name);
        key.add(source.name());
        key.add(source.text());
        settings.forEach((hyperparameter, value) -> {
            key.add(sources.placeOfSetting(hyperparameter));
            key.add(hyperparameter);
            key.add(value);
        });
        return key;
    }

    private interface Keeper {
        void keep(byte[] content);
    }

    private Elaborated<TrainingPlan> compile(Sources asked, @Nullable Keeper keeper) {
        Elaborated<TrainingProgram> elaborated = FrontEnd.training(source, asked, name, settings);
        TrainingProgram program = elaborated.program();
        if (program == null || elaborated.diagnostics().hasErrors()) {
            return new Elaborated<>(null, elaborated.diagnostics());
        }
        var compiled = BackEnd.training(program);
        // What was said of a program is said again in each run, by the compiler.
        boolean silent = elaborated.diagnostics().isEmpty();
        if (keeper != null && silent && asked instanceof RecordedAnswers answers && !answers.refused()) {
            byte[] content = encode(compiled, answers);
            if (content != null) {
                keeper.keep(content);
            }
        }
        return new Elaborated<>(compiled.plan(), elaborated.diagnostics());
    }

    /// All that a later process needs, or null where something has no written form.
    private static byte @Nullable [] encode(BackEnd.CompiledTraining compiled, RecordedAnswers answers) {
        var bytes = new ByteArrayOutputStream();
        try {
            var out = new DataOutputStream(bytes);
            AnswersCodec.write(answers, out);
            List<BackEnd.Compiled> procedures = compiled.all();
            out.writeInt(procedures.size());
            for (BackEnd.Compiled procedure : procedures) {
                procedure.code().code().encode(out);
            }
            compiled.plan().encode(out);
            return bytes.toByteArray();
        } catch (IOException _) {
            return null;
        }
    }

    /// What was kept, or null where an answer has changed, or it is damaged in a way that no checksum tells.
    private @Nullable Elaborated<TrainingPlan> decode(byte[] kept) {
        var in = new DataInputStream(new ByteArrayInputStream(kept));
        var asked = new RecordedAnswers(source, sources);
        try {
            if (!AnswersCodec.confirm(in, asked)) {
                return null;
            }
            List<ProgramCode> codes = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                codes.add(ProgramCode.decode(in));
            }
            // Loops come in the order in which their code was written: init, step, and what judges.
            var next = codes.iterator();
            TrainingPlan plan = TrainingPlan.decode(in, (loop, image) -> {
                if (!next.hasNext()) {
                    throw new IOException("no code for " + loop);
                }
                return next.next().load(image);
            });
            return new Elaborated<>(plan, new Diagnostics());
        } catch (IOException | LinkageError | IllegalArgumentException _) {
            return null;
        }
    }
}
