package org.nnlang.compiler.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.bytecode.ProgramClass;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.lower.EntryProgram;
import org.nnlang.compiler.lower.Hyperparameter;
import org.nnlang.compiler.lower.ModelProgram;
import org.nnlang.compiler.lower.TestProgram;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.lower.TrainingProgram.Length;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.Recomputation;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.train.TrainingFootprint;
import org.nnlang.runtime.train.TrainingPlan;

/// From elaborated programs to what the runtime runs: passes over the IR, fusion, plan and class.
public final class BackEnd {
    private BackEnd() {}

    /// The package of the classes that programs become.
    static final String PACKAGE = "org.nnlang.generated";

    private static final String THREAD = "nn-back-end";

    /// What a training has beside its step.
    private record Others<T>(T init, List<T> judges) {}

    /// A procedure, compiled.
    ///
    /// @param procedure after all passes, before fusion
    /// @param code its classes
    public record Compiled(Procedure procedure, Image image, ProgramClass code) {
        /// Its class, loaded.
        public CompiledProgram load() {
            return code.load();
        }
    }

    /// A training, compiled.
    ///
    /// @param judges what [TrainingProgram#judges()] names, in its order
    /// @param plan what the runtime runs
    /// @param again what a step computes again to need less memory
    public record CompiledTraining(
            TrainingProgram source, Compiled init, Compiled step, List<Compiled> judges, TrainingPlan plan,
            List<Recomputation.Again> again) {
        public CompiledTraining {
            judges = List.copyOf(judges);
            again = List.copyOf(again);
        }

        /// Everything, in the order in which code is written and read again: init, step, and what judges.
        public List<Compiled> all() {
            return Stream.concat(Stream.of(init, step), judges.stream()).toList();
        }
    }

    /// A model, compiled: its memory is laid out by `image.variables()`.
    public record CompiledModel(ModelProgram source, Compiled init, Compiled apply) {}

    /// What a training may take: variables, gradients, what lies between inputs and outputs, and the batches at hand.
    ///
    /// @param shapes of its batches
    public record MemoryLimit(long bytes, TrainingFootprint.Shapes shapes) {}

    /// Compiles a training, for every device.
    public static CompiledTraining training(TrainingProgram program) {
        return training(program, null);
    }

    /// Compiles a training that takes no more memory than it may: where everything is too much, a step computes some values
    /// again instead of keeping them. Its results are the same, bit for bit.
    ///
    /// @throws NnException NN0814 where even that is too much
    public static CompiledTraining training(TrainingProgram program, @Nullable MemoryLimit limit) {
        List<TrainingProgram.Loop> judges = program.judges();
        // Procedures are compiled apart from each other, and the step is the largest: another thread takes the others.
        Work<Others<Procedure>> passed = Work.begin(
                THREAD,
                0,
                () -> new Others<>(
                        Passes.run(program.init()),
                        judges.stream().map(judge -> Passes.run(judge.procedure())).toList()));
        Procedure step = Passes.run(program.step().procedure());
        Procedure init = passed.result().init();
        List<Procedure> judging = passed.result().judges();

        // The step comes first: its updates decide which variables lie together.
        List<Procedure> procedures = new ArrayList<>(List.of(step));
        procedures.addAll(judging);
        procedures.add(init);
        VariableLayout layout = VariableLayout.of(procedures);

        Work<Others<Compiled>> compiledOthers = Work.begin(
                THREAD,
                0,
                () -> new Others<>(
                        compile(init, layout), judging.stream().map(judge -> compile(judge, layout)).toList()));
        Compiled compiledStep = compile(step, layout);
        Compiled compiledInit = compiledOthers.result().init();
        List<Compiled> compiledJudges = compiledOthers.result().judges();
        var loops = new HashMap<String, TrainingPlan.Loop>();
        for (int i = 0; i < judges.size(); i++) {
            Compiled judge = compiledJudges.get(i);
            loops.put(judge.procedure().name(), loop(judge.procedure().name(), judges.get(i), judge));
        }
        var plan = new TrainingPlan(
                program.name(),
                hyperparameters(program.hyperparameters()),
                program.models().stream()
                        .map(use -> new TrainingPlan.TrainedModel(use.name(), use.model(), use.hyperparameters()))
                        .toList(),
                program.seed(),
                program.length() instanceof Length.Epochs(int count) ? count : -1,
                program.length() instanceof Length.Steps(long count) ? count : -1,
                program.batch(),
                layout.variables(),
                new TrainingPlan.Loop(
                        "init", compiledInit.image(), compiledInit.load(), null, Map.of(), null, List.of()),
                loop("step", program.step(), compiledStep),
                loops.get(Statement.Loop.Kind.VALIDATE.word()),
                loops.get(Statement.Loop.Kind.TEST.word()),
                program.earlyStops().stream()
                        .map(rule -> new TrainingPlan.EarlyStop(
                                rule.metric().toString(), rule.highest(), rule.patience()))
                        .toList(),
                program.checkpoints().stream()
                        .map(rule -> new TrainingPlan.CheckpointRule(
                                rule.path(), rule.metric() == null ? null : rule.metric().toString(), rule.highest()))
                        .toList());
        var compiled =
                new CompiledTraining(program, compiledInit, compiledStep, compiledJudges, plan, List.of());
        return limit == null ? compiled : within(limit, compiled, layout);
    }

    private static CompiledTraining within(MemoryLimit limit, CompiledTraining compiled, VariableLayout layout) {
        TrainingPlan plan = compiled.plan();
        TrainingFootprint all = TrainingFootprint.of(plan, limit.shapes());
        if (all.total() <= limit.bytes()) {
            return compiled;
        }
        Procedure step = compiled.step().procedure();
        Recomputation.Result result = Planner.plan(
                step, layout, TrainingFootprint.largest(plan.step(), limit.shapes()),
                limit.bytes() - (all.total() - all.arena()));
        var smaller = new Compiled(
                step, result.image(), ProgramClass.of(PACKAGE + "." + identifier(step.name()), result.image()));
        TrainingPlan tight = plan.with(loop("step", compiled.source().step(), smaller));
        long least = TrainingFootprint.of(tight, limit.shapes()).total();
        if (least > limit.bytes()) {
            throw new NnException(
                    "NN0814",
                    "`train " + plan.name() + "` needs at least " + size(least) + ", and may take "
                            + size(limit.bytes()) + "; with nothing computed again it takes " + size(all.total()),
                    "give it more, `--memory " + size(least).replace(" ", "") + "`, in Java `.memory(" + least
                            + ")`, or a smaller batch, `--set batch=" + Math.max(1, plan.batch() / 2) + "`");
        }
        return new CompiledTraining(
                compiled.source(), compiled.init(), smaller, compiled.judges(), tight, result.again());
    }

    /// Rounded up, as it is a size that suffices.
    private static String size(long bytes) {
        boolean small = bytes < 1_000_000;
        double size = small ? bytes / 1e3 : bytes / 1e6;
        String number = size < 100
                ? String.format(Locale.ROOT, "%.2f", Math.ceil(100 * size) / 100)
                : String.format(Locale.ROOT, "%.0f", Math.ceil(size));
        return number + (small ? " KB" : " MB");
    }

    /// Compiles a model to run at once.
    public static CompiledModel model(ModelProgram program) {
        return model(program, PACKAGE);
    }

    /// Compiles a model to be shipped.
    ///
    /// @param packageName of its class, such as `com.example`
    public static CompiledModel model(ModelProgram program, String packageName) {
        return modelAs(program, packageName + "." + identifier(program.name()));
    }

    /// Compiles a model to be shipped, as a class of this full name.
    public static CompiledModel modelAs(ModelProgram program, String className) {
        Procedure init = Passes.run(program.init());
        Procedure apply = Passes.run(program.apply());
        VariableLayout layout = VariableLayout.of(List.of(apply, init));
        Compiled compiledInit = compile(init, layout);
        // What runs is called after the model, in messages and profiles.
        var named = new Procedure(program.name(), apply.inputs(), apply.outputs(), apply.updates());
        Image image = Requirements.with(Planner.plan(named, layout, Fusion.Effort.FULL), program.constraints());
        return new CompiledModel(
                program, compiledInit, new Compiled(apply, image, ProgramClass.of(className, image)));
    }

    /// Statements of a session, compiled: their memory is laid out by `run.image().variables()`.
    public record CompiledEntry(EntryProgram source, Compiled init, Compiled run) {}

    /// Compiles statements of a session.
    public static CompiledEntry entry(EntryProgram program) {
        Procedure init = Passes.run(program.init());
        Procedure run = Passes.run(program.procedure());
        VariableLayout layout = VariableLayout.of(List.of(run, init));
        return new CompiledEntry(program, compile(init, layout), compile(run, layout));
    }

    /// Compiles a test.
    public static Compiled test(TestProgram program) {
        Procedure procedure = Passes.run(program.procedure());
        return compile(procedure, VariableLayout.of(List.of(procedure)));
    }

    /// Compiles a procedure that works on the memory of a training, and changes nothing there.
    static Compiled beside(CompiledTraining training, Procedure procedure) {
        List<Procedure> procedures = new ArrayList<>(List.of(training.step().procedure()));
        training.judges().forEach(judge -> procedures.add(judge.procedure()));
        procedures.add(training.init().procedure());
        return compile(Passes.run(procedure), VariableLayout.of(procedures));
    }

    private static Compiled compile(Procedure procedure, VariableLayout layout) {
        Image image = Planner.plan(procedure, layout, Fusion.Effort.FULL);
        return new Compiled(procedure, image, ProgramClass.of(PACKAGE + "." + identifier(procedure.name()), image));
    }

    /// A name of letters, digits and underscores.
    static String identifier(String name) {
        return name.replaceAll("\\W+", "_");
    }

    private static TrainingPlan.Loop loop(String name, TrainingProgram.Loop loop, Compiled compiled) {
        Map<String, String> inputs = new LinkedHashMap<>();
        loop.fields().forEach(field -> inputs.put(field.field(), field.input()));
        boolean free = compiled.image().symbols().contains(TrainingProgram.BATCH);
        return new TrainingPlan.Loop(
                name,
                Requirements.with(compiled.image(), loop.constraints()),
                compiled.load(),
                loop.data(),
                inputs,
                free ? TrainingProgram.BATCH : null,
                loop.reports().stream()
                        .map(report -> new TrainingPlan.Report(
                                report.name(), report.name(), kind(report.kind()), report.resets()))
                        .toList());
    }

    private static TrainingPlan.Report.Kind kind(TrainingProgram.Report.Kind kind) {
        return switch (kind) {
            case LOSS -> TrainingPlan.Report.Kind.LOSS;
            case MEAN -> TrainingPlan.Report.Kind.MEAN;
            case LAST -> TrainingPlan.Report.Kind.LAST;
        };
    }

    private static Map<String, Object> hyperparameters(List<Hyperparameter> hyperparameters) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Hyperparameter hyperparameter : hyperparameters) {
            Object value = hyperparameter.value();
            values.put(
                    hyperparameter.name(),
                    value == null || value instanceof DataExpression ? hyperparameter.text() : value);
        }
        return values;
    }
}
