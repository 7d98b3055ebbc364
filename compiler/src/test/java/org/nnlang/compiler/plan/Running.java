package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.oracle.RandomGraphs;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Variable;

/// Runs procedures as programs, with the values that the oracle has.
public final class Running {
    /// By number of threads.
    private static final Team[] TEAMS = {Team.of(1), Team.of(1), Team.of(2), Team.of(3)};

    private Running() {}

    /// The same procedure with every draw turned into an input, so that the oracle and the program see equal numbers.
    public static Procedure withoutDraws(Procedure procedure, Bindings bindings, Map<String, double[]> inputs) {
        var graph = new Graph();
        Map<Node, Node> copies = new IdentityHashMap<>();
        var added = new ArrayList<Node>();
        inputs.putAll(bindings.inputs());
        for (Node node : procedure.nodes()) {
            Node copy;
            if (node.form() instanceof Form.Random(var distribution, var shape, long stream)) {
                String name = "draw of " + distribution + " " + stream + " " + shape;
                copy = graph.input(name, node.type());
                int size = Math.toIntExact(shape.size().evaluate(bindings.sizes()));
                if (inputs.put(name, RandomGraphs.draw(distribution, stream, size)) == null) {
                    added.add(copy);
                }
            } else {
                copy = graph.node(node.form(), node.inputs().stream().map(copies::get).toList());
            }
            copies.put(node, copy);
        }
        var allInputs = new ArrayList<Node>(procedure.inputs().stream().map(copies::get).toList());
        allInputs.addAll(added);
        return new Procedure(
                procedure.name(),
                allInputs,
                procedure.outputs().stream()
                        .map(output -> new Procedure.Output(output.name(), copies.get(output.node())))
                        .toList(),
                procedure.updates().stream()
                        .map(update -> new Procedure.Update(
                                update.variable(), update.kind(), copies.get(update.value())))
                        .toList());
    }

    /// Plans, binds and runs a procedure; the results are those of the oracle, with its names.
    static Interpreter.Results run(
            Procedure procedure, Bindings bindings, Fusion.Effort effort, Options options, int threads) {
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), effort);
        return run(image, CompiledProgram.interpreted(), procedure, bindings, options, threads);
    }

    static Interpreter.Results run(
            Image image, CompiledProgram program, Procedure procedure, Bindings bindings, Options options,
            int threads) {
        return run(image, program, procedure, bindings, options, threads, null);
    }

    /// Runs a program on a device, or with null here.
    public static Interpreter.Results run(
            Image image, CompiledProgram program, Procedure procedure, Bindings bindings, Options options,
            int threads, Accelerator accelerator) {
        return runOn(
                new Memory(image.variables(), accelerator), image, program, procedure, bindings, options, threads);
    }

    /// Runs a program on a memory, which is given back.
    public static Interpreter.Results runOn(
            Memory memory, Image image, CompiledProgram program, Procedure procedure, Bindings bindings,
            Options options, int threads) {
        for (Variable variable : image.variables()) {
            double[] values = bindings.variables().get(variable.name());
            if (values != null) {
                if (variable.dtype().isFloat()) {
                    memory.set(variable.name(), floats(values));
                } else {
                    memory.set(variable.name(), ints(values));
                }
            }
        }
        Map<String, Integer> sizes = new HashMap<>();
        bindings.sizes().forEach((name, size) -> sizes.put(name, Math.toIntExact(size)));
        Team team = TEAMS[threads];
        Instance instance = Instance.bind(image, program, memory, sizes, team, options);
        // Old values must not pass for new ones.
        if (instance.device() != null) {
            instance.device().poison();
        }
        for (Segment segment : List.of(Segment.OUTPUTS, Segment.ARENA)) {
            java.util.Arrays.fill(instance.frame().floats(segment.ordinal()), Float.NaN);
            java.util.Arrays.fill(instance.frame().ints(segment.ordinal()), -1_000_000);
        }
        for (String input : instance.inputs()) {
            double[] values = bindings.inputs().get(input);
            if (instance.input(input).dtype().isFloat()) {
                instance.setInput(input, floats(values));
            } else {
                instance.setInput(input, ints(values));
            }
        }
        instance.run();
        Map<String, double[]> outputs = new HashMap<>();
        for (String output : instance.outputs()) {
            Port port = instance.outputPort(output);
            outputs.put(
                    output,
                    port.dtype().isFloat()
                            ? doubles(instance.output(output))
                            : doubles(instance.intOutput(output)));
        }
        Map<String, double[]> updates = new HashMap<>();
        for (Procedure.Update update : procedure.updates()) {
            Variable variable = memory.find(update.variable());
            updates.put(
                    update.variable(),
                    variable.dtype().isFloat()
                            ? doubles(memory.getFloats(variable.name()))
                            : doubles(memory.getInts(variable.name())));
        }
        instance.release();
        memory.release();
        return new Interpreter.Results(outputs, updates);
    }

    static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    static int[] ints(double[] values) {
        int[] result = new int[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (int) values[i];
        }
        return result;
    }

    static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    static double[] doubles(int[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    /// The first difference that rounding does not explain, or null.
    public static String difference(Interpreter.Results expected, Interpreter.Results actual, double tolerance) {
        String outputs = difference(expected.outputs(), actual.outputs(), tolerance);
        return outputs != null ? outputs : difference(expected.updates(), actual.updates(), tolerance);
    }

    private static String difference(Map<String, double[]> expected, Map<String, double[]> actual, double tolerance) {
        for (var entry : expected.entrySet()) {
            double[] wanted = entry.getValue();
            double[] found = actual.get(entry.getKey());
            double scale = 1;
            for (double value : wanted) {
                scale = Math.max(scale, Math.abs(value));
            }
            for (int i = 0; i < wanted.length; i++) {
                boolean same = tolerance == 0
                        ? Double.compare(wanted[i], found[i]) == 0
                        : Math.abs(wanted[i] - found[i]) <= tolerance * scale;
                if (!same) {
                    return entry.getKey() + "[" + i + "] is " + found[i] + " and should be " + wanted[i];
                }
            }
        }
        return null;
    }
}
