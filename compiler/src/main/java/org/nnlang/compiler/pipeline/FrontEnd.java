package org.nnlang.compiler.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.lower.Context;
import org.nnlang.compiler.lower.Earlier;
import org.nnlang.compiler.lower.Lowering;
import org.nnlang.compiler.lower.ModelProgram;
import org.nnlang.compiler.lower.OwnOperations;
import org.nnlang.compiler.lower.TestProgram;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.lower.Types;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Sources;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Identifier;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.compiler.type.Modules;
import org.nnlang.compiler.type.NameCheck;
import org.nnlang.compiler.type.Names;
import org.nnlang.compiler.type.Resolutions;
import org.nnlang.runtime.Nearest;

/// From text to elaborated programs. The stages, in the order in which they run:
///
/// 1. *read*: the file, and the modules it imports ([Modules]);
/// 2. *names*: every name in a body is known ([NameCheck]);
/// 3. *elaborate*: declarations are inlined, shapes checked, losses differentiated ([Lowering]).
///
/// What comes next is [Passes] and the [BackEnd]. Nothing here throws for a mistake in a program.
public final class FrontEnd {
    /// Declarations may call themselves a thousand deep, each over several Java frames.
    private static final long STACK_BYTES = 1L << 30;

    private final Diagnostics diagnostics = new Diagnostics();
    private final Modules modules;
    private final ModuleScope module;
    private final Lowering lowering;

    private FrontEnd(SourceFile file, Sources sources) {
        this(file, sources, Resolutions.IGNORED, Types.IGNORED);
    }

    private FrontEnd(SourceFile file, Sources sources, Resolutions resolutions, Types types) {
        this.modules = new Modules(sources, diagnostics);
        this.module = modules.root(file);
        var operations = OwnOperations.of(sources.operations(), modules);
        for (ModuleScope own : modules.own()) {
            NameCheck.check(own, operations.names(), resolutions, diagnostics);
        }
        this.lowering = new Lowering(
                new Context(modules, sources, diagnostics, Earlier.NOTHING, operations, types));
    }

    /// Finds every mistake in a file: in what runs, and in what nothing calls.
    public static Elaborated<Void> check(SourceFile file, Sources sources) {
        return run(file, sources, front -> {
            front.lowering.check(front.module);
            return null;
        });
    }

    /// Finds what [#check] finds, and writes down what every name refers to and what every expression is.
    ///
    /// @param outdated whether nobody waits for it any more
    /// @throws java.util.concurrent.CancellationException where nobody waits any more
    public static Survey survey(SourceFile file, Sources sources, BooleanSupplier outdated) {
        return deep(() -> {
            var resolutions = new Resolutions();
            Types types = Types.in(file, outdated);
            var front = new FrontEnd(file, sources, resolutions, types);
            front.lowering.check(front.module);
            return new Survey(front.diagnostics, front.module, front.modules.own(), resolutions, types);
        });
    }

    /// What the names of a file refer to, without a look at what anything is.
    public static Survey names(SourceFile file, Sources sources) {
        return deep(() -> {
            var resolutions = new Resolutions();
            var front = new FrontEnd(file, sources, resolutions, Types.IGNORED);
            return new Survey(front.diagnostics, front.module, front.modules.own(), resolutions, Types.IGNORED);
        });
    }

    /// A `train`, ready to be compiled.
    ///
    /// @param name     null for the only one
    /// @param settings hyper-parameters to set, by name: values as the language writes them
    public static Elaborated<TrainingProgram> training(
            SourceFile file, Sources sources, @Nullable String name, Map<String, String> settings) {
        return training(file, sources, name, settings, _ -> Map.of());
    }

    /// A `train`, ready to be compiled, with the hyper-parameters that an earlier run had.
    ///
    /// @param name     null for the only one
    /// @param settings hyper-parameters to set, by name: values as the language writes them
    /// @param recorded those of the earlier run, which hold where `settings` say nothing
    public static Elaborated<TrainingProgram> training(
            SourceFile file,
            Sources sources,
            @Nullable String name,
            Map<String, String> settings,
            Function<Declaration.Train, Map<String, String>> recorded) {
        return run(file, sources, front -> {
            Declaration.Train train = front.only(Declaration.Train.class, name, "train", _ -> true);
            if (train == null || front.unreadable()) {
                return null;
            }
            Map<String, String> all = new LinkedHashMap<>(recorded.apply(train));
            all.putAll(settings);
            return front.lowering.train(train, front.module, all).orElse(null);
        });
    }

    /// A `model`, ready to be compiled.
    ///
    /// @param name     null for the only one
    /// @param settings hyper-parameters to set, by name: values as the language writes them
    public static Elaborated<ModelProgram> model(
            SourceFile file, Sources sources, @Nullable String name, Map<String, String> settings) {
        return model(file, sources, name, settings, _ -> Map.of());
    }

    /// A `model`, ready to be compiled, with the hyper-parameters that it was trained with.
    ///
    /// @param name     null for the only one
    /// @param settings hyper-parameters to set, by name: values as the language writes them
    /// @param recorded those that a model of that name had, which hold where `settings` say nothing; what the model no
    ///                 longer declares is left out
    public static Elaborated<ModelProgram> model(
            SourceFile file,
            Sources sources,
            @Nullable String name,
            Map<String, String> settings,
            Function<String, Map<String, String>> recorded) {
        return run(file, sources, front -> {
            Declaration.Layer model = front.only(
                    Declaration.Layer.class, name, "model", layer -> layer.kind() == Declaration.LayerKind.MODEL);
            if (model == null || front.unreadable()) {
                return null;
            }
            Map<String, String> all = new LinkedHashMap<>(recorded.apply(model.name().text()));
            all.keySet().retainAll(model.hyperparameters().stream().map(p -> p.name().text()).toList());
            all.putAll(settings);
            return front.lowering.model(model, front.module, all).orElse(null);
        });
    }

    /// The `test`s of a file, ready to be compiled; without those that have mistakes.
    public static Elaborated<List<TestProgram>> tests(SourceFile file, Sources sources) {
        return run(file, sources, front -> {
            var tests = new ArrayList<TestProgram>();
            for (Declaration declaration : front.module.syntax().declarations()) {
                if (declaration instanceof Declaration.Test test) {
                    front.lowering.test(test, front.module).ifPresent(tests::add);
                }
            }
            return tests;
        });
    }

    private static <T> Elaborated<T> run(
            SourceFile file, Sources sources, Function<FrontEnd, ? extends @Nullable T> stage) {
        return deep(() -> {
            var front = new FrontEnd(file, sources);
            @Nullable
            T program = stage.apply(front);
            return new Elaborated<>(front.diagnostics.hasErrors() ? null : program, front.diagnostics);
        });
    }

    /// Whether there are errors already: then what follows would only repeat them.
    private boolean unreadable() {
        return diagnostics.hasErrors();
    }

    /// The declaration of that name, or the only one of its kind.
    private <D extends Declaration.Described> @Nullable D only(
            Class<D> kind, @Nullable String name, String word, java.util.function.Predicate<D> test) {
        List<D> all = module.syntax().declarations().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(test)
                .toList();
        List<String> names = all.stream().map(FrontEnd::nameOf).toList();
        if (name == null && all.size() == 1) {
            return all.getFirst();
        }
        for (D declaration : all) {
            if (nameOf(declaration).equals(name)) {
                return declaration;
            }
        }
        Span top = module.file().span(0, 0);
        if (all.isEmpty()) {
            diagnostics.add(Diagnostic.of(Code.UNKNOWN_NAME, top, "there is no `" + word + "` in this file")
                    .help("declare one: `" + word + " Name(…) { … }`"));
        } else if (name == null) {
            diagnostics.add(Diagnostic.of(
                    Code.AMBIGUOUS_NAME,
                    Names.span(all.get(1)),
                    "this file has several `" + word + "`s, and one must be named")
                    .note("they are " + names.stream().map(n -> "`" + n + "`").collect(Collectors.joining(", ")))
                    .help("name it: `--" + word + " NAME`, in Java `." + (word.equals("train") ? "training" : word)
                            + "(\"NAME\")`"));
        } else {
            diagnostics.add(Diagnostic.of(
                    Code.UNKNOWN_NAME, top, "there is no `" + word + "` called `" + name + "` in this file")
                    .help(Nearest.help(name, names, "there is " + String.join(", ", names))));
        }
        return null;
    }

    private static String nameOf(Declaration.Described declaration) {
        Identifier name = Names.of(declaration);
        return name == null ? "" : name.text();
    }

    /// Runs on a stack that is deep enough.
    static <T> T deep(Supplier<T> work) {
        return Work.begin("nn-front-end", STACK_BYTES, work).result();
    }
}
