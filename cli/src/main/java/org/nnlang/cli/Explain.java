package org.nnlang.cli;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Form.VariableKind;
import org.nnlang.compiler.lower.LayerUse;
import org.nnlang.compiler.lower.ProgramVariable;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.BackEnd.Compiled;
import org.nnlang.compiler.pipeline.BackEnd.CompiledModel;
import org.nnlang.compiler.pipeline.BackEnd.CompiledTraining;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.plan.Recomputation;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parser;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Footprint;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Note;
import org.nnlang.runtime.program.Step;
import org.nnlang.runtime.train.TrainingFootprint;
import picocli.CommandLine;

/// `nn explain FILE`: what a program is made of and what it will take, before it runs.
final class Explain implements Callable<Integer> {
    /// The largest size that is tried for dimensions of which none was given.
    private static final int MOST = 1 << 16;

    final Usage usage =
            new Usage(this, "explain", "Tell parameters, shapes, operations and memory of a program before it runs.");

    private final Program program = new Program(usage);

    private final Console console = usage.console();

    private final Given<@Nullable String> train =
            usage.option(String.class, "--train", "NAME", "Explain this `train`.");

    private final Given<@Nullable String> model =
            usage.option(String.class, "--model", "NAME", "Explain this model, as it is outside training.");

    private final Given<Map<String, String>> settings =
            usage.pairs(String.class, "--set", "NAME=VALUE", "Another value for a hyper-parameter.");

    private final Given<@Nullable Integer> batch = usage.option(Integer.class, "--batch", "N",
            "The size of a model's free dimensions; unless given, 1, or the least power of two that the model allows.");

    private final MemoryOption memory = new MemoryOption(usage);

    private final Given<Boolean> ir = usage.flag("--ir", "Print the graph after all passes.");

    private final Given<Boolean> fused =
            usage.flag("--fused", "Print the steps of the program with the loops that were fused.");

    private final Given<Boolean> cost =
            usage.flag("--cost", "Tell the operations and bytes of each step and of each line of the program.");

    private final Given<Boolean> bytecode = usage.flag("--bytecode", "Print the program's class.");

    @Override
    public Integer call() {
        SourceFile source = program.read();
        if (model.get() != null || train.get() == null && hasNoTrain(source)) {
            explain(source, BackEnd
                    .model(console.require(FrontEnd.model(source, program.sources(), model.get(), settings.get()))));
        } else {
            TrainingProgram training = console.require(
                    FrontEnd.training(source, program.sources(), train.get(), settings.get()));
            explain(source, BackEnd.training(training, memory.of(training, program.sources().data())));
        }
        return CommandLine.ExitCode.OK;
    }

    private static boolean hasNoTrain(SourceFile source) {
        return Parser.parse(source).module().declarations().stream().noneMatch(Declaration.Train.class::isInstance);
    }

    private void explain(SourceFile file, CompiledTraining training) {
        TrainingProgram source = training.source();
        Map<String, Compiled> procedures = new LinkedHashMap<>();
        procedures.put("step", training.step());
        training.judges().forEach(judge -> procedures.put(judge.procedure().name(), judge));
        if (dumps(procedures)) {
            return;
        }
        System.out.println("train " + source.name());
        layers(source.layers(), source.variables(), true);
        totals(source.variables());
        TrainingFootprint.Shapes shapes =
                TrainingFootprint.Shapes.of(program.sources().data(), source.batch());
        memory(TrainingFootprint.of(training.plan(), shapes));
        costs(file, "step", training.step(), TrainingFootprint.largest(training.plan().step(), shapes));
        if (memory.isGiven()) {
            again(training);
        }
        for (int i = 0; i < training.judges().size(); i++) {
            Compiled judge = training.judges().get(i);
            costs(file, judge.procedure().name(), judge,
                    TrainingFootprint.largest(training.plan().judges().get(i), shapes));
        }
    }

    /// What the arrays of a run take.
    private static void memory(TrainingFootprint memory) {
        System.out.println("  " + TextDisplay.bytes(memory.total()) + " in a run: "
                + TextDisplay.bytes(memory.parameters()) + " of parameters, "
                + TextDisplay.bytes(memory.gradients()) + " of gradients, "
                + TextDisplay.bytes(memory.others()) + " of optimizer and state, "
                + TextDisplay.bytes(memory.batches()) + " of batches, and "
                + TextDisplay.bytes(memory.arena()) + " in between");
    }

    /// What a step computes again to stay within the limit, for each line that asked for it.
    private static void again(CompiledTraining training) {
        if (training.again().isEmpty()) {
            System.out.println("  nothing is computed again");
            return;
        }
        Map<String, long[]> lines = new LinkedHashMap<>();
        long flops = 0;
        for (Recomputation.Again each : training.again()) {
            Span origin = each.origin();
            String line = origin == null ? "" : origin.file().name() + ":" + origin.line();
            long[] sums = lines.computeIfAbsent(line, _ -> new long[2]);
            sums[0]++;
            sums[1] += each.flops();
            flops += each.flops();
        }
        System.out.println("  " + TextDisplay.count(training.again().size()) + " values are computed again, "
                + TextDisplay.count(flops) + " floating-point operations more:");
        lines.entrySet().stream()
                .sorted(Comparator.comparingLong(line -> -line.getValue()[1]))
                .forEach(line -> System.out.println(String.format(
                        "  %5d  %14s  %s", line.getValue()[0], TextDisplay.count(line.getValue()[1]),
                        line.getKey()).stripTrailing()));
    }

    private void explain(SourceFile file, CompiledModel compiled) {
        if (dumps(Map.of("apply", compiled.apply()))) {
            return;
        }
        System.out.println("model " + compiled.source().name());
        layers(compiled.source().layers(), compiled.source().variables(), false);
        totals(compiled.source().variables());
        Image image = compiled.apply().image();
        int size = size(image);
        Map<String, Integer> sizes = new LinkedHashMap<>();
        image.symbols().forEach(symbol -> sizes.put(symbol, size));
        costs(file, "apply", compiled.apply(), sizes);
    }

    /// How large a model's free dimensions are to be: `x[:, 20]` asks for 21 places, and `t / 2` for two.
    private int size(Image image) {
        Integer given = batch.get();
        if (given != null) {
            return given;
        }
        long[] symbols = new long[image.symbols().size()];
        for (int size = 1; size <= MOST; size *= 2) {
            Arrays.fill(symbols, size);
            if (image.requirements().stream().allMatch(requirement -> requirement.rule().holds(symbols))) {
                return size;
            }
        }
        return 1;
    }

    /// Prints what was asked for instead of the overview; whether that was something.
    private boolean dumps(Map<String, Compiled> procedures) {
        procedures.forEach((name, compiled) -> {
            if (ir.get()) {
                System.out.println(compiled.procedure());
            }
            if (fused.get()) {
                steps(name, compiled.image());
            }
            if (bytecode.get()) {
                System.out.println(compiled.code().listing());
            }
        });
        return ir.get() || fused.get() || bytecode.get();
    }

    /// A line of the table of layers.
    private record Row(String name, String what, String type, String count) {}

    /// One line a layer, with what it gives, and below it one a parameter of its own. Names are those inside of the layer
    /// above.
    ///
    /// @param training whether the parameters are there to be trained
    private static void layers(List<LayerUse> layers, List<ProgramVariable> variables, boolean training) {
        List<Row> rows = new ArrayList<>();
        Set<String> shown = new HashSet<>();
        List<String> path = new ArrayList<>();
        for (LayerUse use : layers) {
            if (!shown.add(use.name())) {
                continue;
            }
            path.subList(Math.min(use.depth(), path.size()), path.size()).clear();
            String around = path.isEmpty() ? "" : path.getLast() + ".";
            path.add(use.name());
            String indent = "  ".repeat(use.depth() + 1);
            rows.add(new Row(
                    indent + (use.name().startsWith(around) ? use.name().substring(around.length()) : use.name()),
                    use.layer(),
                    use.results().stream().map(Object::toString).collect(Collectors.joining(", ")),
                    ""));
            for (ProgramVariable variable : variables) {
                String name = variable.name();
                if (variable.kind() == VariableKind.PARAMETER
                        && name.startsWith(use.name() + ".")
                        && name.indexOf('.', use.name().length() + 1) < 0
                        && shown.add(name)) {
                    rows.add(new Row(
                            indent + "  " + name.substring(use.name().length() + 1),
                            training && !variable.trainable() ? "not trained" : "",
                            variable.type().toString(),
                            TextDisplay.count(variable.type().shape().size().constant())));
                }
            }
        }
        String format = "%-" + width(rows, Row::name) + "s  %-" + width(rows, Row::what) + "s  %-"
                + width(rows, Row::type) + "s  %" + width(rows, Row::count) + "s";
        for (Row row : rows) {
            System.out.println(
                    String.format(format, row.name(), row.what(), row.type(), row.count()).stripTrailing());
        }
    }

    private static int width(List<Row> rows, Function<Row, String> column) {
        return Math.max(1, rows.stream().mapToInt(row -> column.apply(row).length()).max().orElse(1));
    }

    private static void totals(List<ProgramVariable> variables) {
        long parameters = count(variables, kind -> kind == VariableKind.PARAMETER);
        System.out.println("  " + TextDisplay.count(parameters) + " parameters, "
                + TextDisplay.bytes(parameters * Float.BYTES));
        long others = count(variables, kind -> kind != VariableKind.PARAMETER);
        if (others > 0) {
            System.out.println("  " + TextDisplay.count(others) + " numbers of optimizer and state, "
                    + TextDisplay.bytes(others * Float.BYTES));
        }
    }

    private static long count(List<ProgramVariable> variables, Predicate<VariableKind> which) {
        return variables.stream().filter(variable -> which.test(variable.kind()))
                .mapToLong(variable -> variable.type().shape().size().constant()).sum();
    }

    private void costs(SourceFile source, String name, Compiled compiled, Map<String, Integer> sizes) {
        Image image = compiled.image();
        try (Team team = Team.of(1)) {
            var memory = new Memory(image.variables());
            Instance instance = Instance.bind(image, compiled.load(), memory, sizes, team);
            System.out.println(name + (sizes.isEmpty() ? "" : " (" + describe(sizes) + ")"));
            System.out.println("  " + TextDisplay.count(instance.flops()) + " floating-point operations in "
                    + image.steps().size() + " steps, from " + compiled.procedure().nodes().size() + " operations");
            System.out.println("  " + TextDisplay.bytes(instance.workingBytes())
                    + " for inputs, outputs and everything in between");
            Footprint footprint = Footprint.of(image, sizes);
            System.out.println("  " + TextDisplay.bytes(footprint.arena()) + " in between, where "
                    + TextDisplay.bytes(footprint.alive()) + " are in use at one time at most");
            if (cost.get()) {
                CostTable.predicted(source, instance);
            }
        }
    }

    private static String describe(Map<String, Integer> sizes) {
        return String.join(", ",
                sizes.entrySet().stream().map(size -> size.getKey() + " = " + size.getValue()).toList());
    }

    private static void steps(String name, Image image) {
        System.out.println(name + ": " + image.steps().size() + " steps");
        var ends = new ArrayDeque<Integer>();
        for (int i = 0; i < image.steps().size(); i++) {
            while (!ends.isEmpty() && i >= ends.peek()) {
                ends.pop();
            }
            Note note = image.notes().get(i);
            String place = note.line() == 0 ? "" : "  " + note.source() + ":" + note.line();
            System.out.println(String.format("%4d  ", i) + "  ".repeat(ends.size()) + note.label() + place);
            if (image.steps().get(i) instanceof Step.Repeat repeat) {
                ends.push(i + 1 + repeat.steps());
            }
        }
        for (int i = 0; i < image.programs().size(); i++) {
            System.out.println();
            System.out.println("loop " + i + ": " + image.programs().get(i));
        }
    }
}
