package org.nnlang.cli;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.BrokenNumber;
import org.nnlang.compiler.oracle.PhiloxDraws;
import org.nnlang.compiler.source.Span;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.train.StepObserver;

/// `nn train --debug-nans`: keeps what each step began with. Where a step leaves a number that is not finite, it is computed
/// again, operation by operation, and the place in the source is named where the first such number arose.
final class NanSearch implements StepObserver {
    private final TrainingProgram training;
    private final Team team;
    private final Map<String, double[]> variables = new HashMap<>();
    private final Map<String, double[]> inputs = new HashMap<>();

    NanSearch(TrainingProgram training, Team team) {
        this.training = training;
        this.team = team;
    }

    @Override
    public void before(Observed observed) {
        Memory memory = observed.instance().memory();
        for (Variable variable : memory.variables()) {
            variables.put(
                    variable.name(),
                    variable.dtype().isFloat()
                            ? numbers(memory.getFloats(variable.name()), 0, variable.size())
                            : numbers(memory.getInts(variable.name()), 0, variable.size()));
        }
        Instance instance = observed.instance();
        for (String name : instance.inputs()) {
            Port port = instance.input(name);
            inputs.put(
                    name,
                    port.place().ints()
                            ? numbers(instance.ints(port), instance.offset(port), instance.size(port))
                            : numbers(instance.floats(port), instance.offset(port), instance.size(port)));
        }
        inputs.put(TrainingProgram.STEP, new double[] {observed.step()});
        inputs.put(TrainingProgram.EPOCH, new double[] {observed.epoch()});
    }

    @Override
    public void after(Observed observed) {
        if (isFinite(observed.instance())) {
            return;
        }
        Procedure procedure = training.step().procedure();
        Map<String, Long> sizes = new LinkedHashMap<>();
        observed.sizes().forEach((name, size) -> sizes.put(name, size.longValue()));
        var bindings = new Bindings(
                sizes, inputs, variables, new PhiloxDraws(team, training.seed(), (int) observed.step()));
        Optional<BrokenNumber> found = BrokenNumber.of(procedure.roots(), bindings);
        if (found.isPresent() && found.get().node().origin() instanceof Span span) {
            var diagnostics = new Diagnostics();
            diagnostics.add(Diagnostic.of(
                    Code.NUMBER_NOT_FINITE,
                    span,
                    "the first number that is not finite arises here, in step " + observed.step() + " (epoch "
                            + observed.epoch() + ")")
                    .here(what(found.get()))
                    .help("keep its operands away from there: `log(x + 1e-8)`, `max(x, 0)`, a smaller learning rate, or `clip by_norm(1.0)`"));
            throw new Rejected(diagnostics);
        }
    }

    private static boolean isFinite(Instance instance) {
        Memory memory = instance.memory();
        for (Variable variable : memory.variables()) {
            if (variable.dtype().isFloat() && !isFinite(memory.getFloats(variable.name()))) {
                return false;
            }
        }
        for (String output : instance.outputs()) {
            Port port = instance.outputPort(output);
            if (!port.place().ints() && !isFinite(instance.output(output))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /// `log(0.0) is -Infinity`, as far as it can be told.
    private static String what(BrokenNumber found) {
        Node node = found.node();
        if (!(node.form() instanceof Form.Elementwise(var op))) {
            return "this is " + found.value() + ", of finite numbers";
        }
        var text = new StringBuilder(op.name()).append('(');
        for (int i = 0; i < node.inputs().size(); i++) {
            text.append(i == 0 ? "" : ", ")
                    .append(found.operand(i).map(v -> Float.toString(v.floatValue())).orElse("…"));
        }
        return text.append(") is ").append(found.value()).toString();
    }

    private static double[] numbers(float[] values, int from, int count) {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = values[from + i];
        }
        return numbers;
    }

    private static double[] numbers(int[] values, int from, int count) {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = values[from + i];
        }
        return numbers;
    }
}
