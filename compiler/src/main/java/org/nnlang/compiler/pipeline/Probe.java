package org.nnlang.compiler.pipeline;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nnlang.compiler.ir.CallBody;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.lower.Observation;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.pipeline.BackEnd.Compiled;
import org.nnlang.compiler.pipeline.BackEnd.CompiledTraining;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.tensor.DType;

/// A procedure that tells of a loop what can be observed. It has the loop's inputs and no updates, so it may run beside the loop whenever
/// somebody wants to know, and the loop never differs for it.
///
/// @param gradients outputs that hold the sum of a gradient's squares, by parameter
/// @param schedules outputs that hold an optimizer's Schedule, by its name
/// @param judged what was held against what
public record Probe(
        Image image,
        CompiledProgram program,
        Map<String, String> gradients,
        Map<String, String> schedules,
        List<Judged> judged) {
    /// Answers with more elements for an example are not asked for.
    private static final int MOST_CLASSES = 1000;

    public Probe {
        gradients = Collections.unmodifiableMap(new LinkedHashMap<>(gradients));
        schedules = Collections.unmodifiableMap(new LinkedHashMap<>(schedules));
        judged = List.copyOf(judged);
    }

    /// Outputs of answers and of the truth, of the batch at hand.
    ///
    /// @param function that judged
    /// @param classes how many scores each label has to choose from, or 0 where answers and truth are numbers of one kind
    public record Judged(String function, String answer, String truth, int classes) {}

    /// The probe of a training's step or validation; empty where nothing can be observed.
    public static Optional<Probe> of(CompiledTraining training, TrainingProgram.Loop loop) {
        var wanted = new ArrayList<Procedure.Output>();
        Map<String, String> gradients = new LinkedHashMap<>();
        Map<String, String> schedules = new LinkedHashMap<>();
        List<Judged> judged = new ArrayList<>();
        for (Observation observation : loop.observations()) {
            String name = "probe" + wanted.size();
            switch (observation) {
                case Observation.Gradient(String parameter, Node value) -> {
                    gradients.put(parameter, name);
                    wanted.add(new Procedure.Output(name, value));
                }
                case Observation.Schedule(String schedule, Node value) -> {
                    schedules.put(schedule, name);
                    wanted.add(new Procedure.Output(name, value));
                }
                case Observation.Judged(String function, Node answer, Node truth) -> {
                    int classes = classes(answer, truth);
                    if (classes >= 0) {
                        judged.add(new Judged(function, name, "truth" + name, classes));
                        wanted.add(new Procedure.Output(name, answer));
                        wanted.add(new Procedure.Output("truth" + name, truth));
                    }
                }
            }
        }
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        Procedure source = loop.procedure();
        var graph = new Graph();
        List<Node> inputs = source.inputs().stream().map(input -> graph.node(input.form(), List.of())).toList();
        List<Node> values = CallBody.inline(new Procedure("probe", source.inputs(), wanted, List.of()), graph, inputs);
        List<Procedure.Output> outputs = IntStream.range(0, values.size())
                .mapToObj(i -> new Procedure.Output(
                        wanted.get(i).name(),
                        gradients.containsValue(wanted.get(i).name()) ? squares(graph, values.get(i)) : values.get(i)))
                .toList();
        var probe = new Procedure(source.name() + "_probe", inputs, outputs, List.of());
        Compiled compiled = BackEnd.beside(training, probe);
        return Optional.of(new Probe(compiled.image(), compiled.load(), gradients, schedules, judged));
    }

    /// How many classes there are to choose from, 0 for numbers against numbers, -1 for what is neither.
    private static int classes(Node answer, Node truth) {
        Shape shape = answer.type().shape();
        Shape told = truth.type().shape();
        if (answer.type().dtype() != DType.F32) {
            return -1;
        }
        if (truth.type().dtype() == DType.F32) {
            return shape.equals(told) && shape.rank() > 0 ? 0 : -1;
        }
        boolean labels = shape.rank() == told.rank() + 1
                && shape.dims().subList(0, told.rank()).equals(told.dims())
                && shape.dims().getLast().isConstant();
        long classes = labels ? shape.dims().getLast().constant() : 0;
        return classes > 1 && classes <= MOST_CLASSES ? (int) classes : -1;
    }

    private static Node squares(Graph graph, Node value) {
        Node squares = graph.apply(Ops.MUL, value, value);
        int rank = value.type().shape().rank();
        return rank == 0 ? squares : graph.sum(squares, IntStream.range(0, rank).boxed().toList());
    }
}
