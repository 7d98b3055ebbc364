package org.nnlang.compiler.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.ElementwiseOp.Meaning;
import org.nnlang.compiler.ir.ElementwiseOp.Scalar;
import org.nnlang.compiler.ir.GradientRule;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.tensor.DType;

/// The words in which [Ops] declares an operation. A meaning is given as a function on scalars, a gradient as a
/// formula, and the declaration ends with values to test at.
final class Declaration {
    private final String name;
    private final Opcode opcode;
    private final List<Meaning> meanings = new ArrayList<>();
    private final List<Optional<GradientRule>> gradients = new ArrayList<>();
    private List<List<Double>> edges;

    private Declaration(String name, Opcode opcode) {
        this.name = name;
        this.opcode = opcode;
        this.edges = repeated(List.of(), opcode.arity());
    }

    static Declaration op(String name, Opcode opcode) {
        return new Declaration(name, opcode);
    }

    /// The gradient of an operation on one input: of the result's gradient `g`, the input `x` and the result `y`.
    @FunctionalInterface
    interface UnaryGradient {
        Formula build(Formula g, Formula x, Formula y);
    }

    /// One of the gradients of an operation on two inputs: of the result's gradient `g`, the inputs and the result `y`.
    @FunctionalInterface
    interface BinaryGradient {
        Formula build(Formula g, Formula a, Formula b, Formula y);
    }

    /// One of the gradients of an operation on three inputs: of the result's gradient `g` and the inputs.
    @FunctionalInterface
    interface TernaryGradient {
        Formula build(Formula g, Formula a, Formula b, Formula c);
    }

    /// A condition on one pair of elements.
    @FunctionalInterface
    interface Comparison {
        boolean test(double a, double b);
    }

    /// A rule on one pair of truth values.
    @FunctionalInterface
    interface Logic {
        boolean test(boolean a, boolean b);
    }

    /// f32 → f32.
    Declaration floating(DoubleUnaryOperator f) {
        return meaning(DType.F32, x -> f.applyAsDouble(x[0]), DType.F32);
    }

    /// f32, f32 → f32.
    Declaration floating(DoubleBinaryOperator f) {
        return meaning(DType.F32, x -> f.applyAsDouble(x[0], x[1]), DType.F32, DType.F32);
    }

    /// i32 → i32.
    Declaration integer(IntUnaryOperator f) {
        return meaning(DType.I32, x -> f.applyAsInt((int) x[0]), DType.I32);
    }

    /// i32, i32 → i32.
    Declaration integer(IntBinaryOperator f) {
        return meaning(DType.I32, x -> f.applyAsInt((int) x[0], (int) x[1]), DType.I32, DType.I32);
    }

    /// Two of the same type → bool, for each of `dtypes`.
    Declaration compares(Comparison f, DType... dtypes) {
        for (var dtype : dtypes) {
            meaning(DType.BOOL, x -> f.test(x[0], x[1]) ? 1 : 0, dtype, dtype);
        }
        return this;
    }

    /// bool, bool → bool.
    Declaration logical(Logic f) {
        return meaning(DType.BOOL, x -> f.test(x[0] != 0, x[1] != 0) ? 1 : 0, DType.BOOL, DType.BOOL);
    }

    /// Each of `dtypes` → `result`.
    Declaration casts(DType result, DoubleUnaryOperator f, DType... dtypes) {
        for (var dtype : dtypes) {
            meaning(result, x -> f.applyAsDouble(x[0]), dtype);
        }
        return this;
    }

    /// `inputs` → `result`.
    Declaration meaning(DType result, Scalar scalar, DType... inputs) {
        meanings.add(new Meaning(List.of(inputs), result, scalar));
        return this;
    }

    Declaration gradient(UnaryGradient rule) {
        return rule((graph, g, y) -> rule.build(at(graph, g), at(graph, y.input(0)), at(graph, y)).node());
    }

    Declaration gradient(BinaryGradient first, BinaryGradient second) {
        for (var rule : List.of(first, second)) {
            rule((graph, g, y) -> rule.build(at(graph, g), at(graph, y.input(0)), at(graph, y.input(1)), at(graph, y))
                    .node());
        }
        return this;
    }

    Declaration gradient(TernaryGradient first, TernaryGradient second, TernaryGradient third) {
        return ternary(first).ternary(second).ternary(third);
    }

    /// No gradient reaches the first of three inputs.
    Declaration gradientOfBranches(TernaryGradient second, TernaryGradient third) {
        gradients.add(Optional.empty());
        return ternary(second).ternary(third);
    }

    private Declaration ternary(TernaryGradient rule) {
        return rule((graph, g, y) -> rule.build(
                at(graph, g), at(graph, y.input(0)), at(graph, y.input(1)), at(graph, y.input(2)))
                .node());
    }

    private Declaration rule(GradientRule rule) {
        gradients.add(Optional.of(rule));
        return this;
    }

    private static Formula at(Graph graph, Node node) {
        return new Formula(graph, node);
    }

    /// The operation is constant wherever it is smooth, so no gradient reaches its inputs.
    Declaration noGradient() {
        gradients.addAll(repeated(Optional.empty(), opcode.arity()));
        return this;
    }

    /// More values of every input worth computing with, where the operation may jump or bend.
    Declaration edges(double... values) {
        edges = repeated(list(values), opcode.arity());
        return this;
    }

    /// Values of every input; at all combinations of them the operation has all derivatives.
    ElementwiseOp samples(double... values) {
        return build(repeated(list(values), opcode.arity()));
    }

    /// Values of each input; at all combinations of them the operation has all derivatives.
    ElementwiseOp samples(double[] first, double[] second) {
        return build(List.of(list(first), list(second)));
    }

    /// Values of each input; at all combinations of them the operation has all derivatives.
    ElementwiseOp samples(double[] first, double[] second, double[] third) {
        return build(List.of(list(first), list(second), list(third)));
    }

    /// The values of one input.
    static double[] at(double... values) {
        return values;
    }

    private ElementwiseOp build(List<List<Double>> samples) {
        return new ElementwiseOp(name, opcode, meanings, gradients, samples, edges);
    }

    private static List<Double> list(double[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    private static <T> List<T> repeated(T value, int times) {
        return Collections.nCopies(times, value);
    }
}
