package org.nnlang.compiler.ir;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.operation.Operations;
import org.nnlang.runtime.tensor.DType;

/// An operation that makes each element of its result from the elements in the same place of its inputs. Identity is
/// equality: every operation is declared once, in the operation table, or once for a program where host code computes it.
public final class ElementwiseOp {
    private final String name;
    private final @Nullable Opcode opcode;
    private final @Nullable Operation own;
    private final int arity;
    private final List<Meaning> meanings;
    private final List<Optional<GradientRule>> gradients;
    private final List<List<Double>> samples;
    private final List<List<Double>> edges;

    /// @param meanings  one for each combination of types the operation takes
    /// @param gradients one for each input; empty where an input carries no gradient
    /// @param samples   for each input values at all combinations of which the operation has all derivatives
    /// @param edges     for each input more values worth computing with
    public ElementwiseOp(
            String name,
            Opcode opcode,
            List<Meaning> meanings,
            List<Optional<GradientRule>> gradients,
            List<List<Double>> samples,
            List<List<Double>> edges) {
        this(name, opcode, null, opcode.arity(), meanings, gradients, samples, edges);
    }

    private ElementwiseOp(
            String name,
            @Nullable Opcode opcode,
            @Nullable Operation own,
            int arity,
            List<Meaning> meanings,
            List<Optional<GradientRule>> gradients,
            List<List<Double>> samples,
            List<List<Double>> edges) {
        this.name = name;
        this.opcode = opcode;
        this.own = own;
        this.arity = arity;
        this.meanings = List.copyOf(meanings);
        this.gradients = List.copyOf(gradients);
        this.samples = samples.stream().map(List::copyOf).toList();
        this.edges = edges.stream().map(List::copyOf).toList();
        if (gradients.size() != arity || samples.size() != arity || edges.size() != arity) {
            throw new IrException("`" + name + "` is not declared for " + arity + " inputs");
        }
        for (var meaning : meanings) {
            if (meaning.inputs().size() != arity) {
                throw new IrException("`" + name + "` does not take " + meaning.inputs());
            }
        }
    }

    /// An operation of host code, on f32.
    ///
    /// @param gradients one for each input; empty where the derivative is zero
    public static ElementwiseOp own(Operation operation, List<Optional<GradientRule>> gradients) {
        int arity = operation.operands().size();
        var meaning = new Meaning(Collections.nCopies(arity, DType.F32), DType.F32, operands -> {
            try {
                return operation.apply(operands);
            } catch (RuntimeException e) {
                throw Operations.failure(operation, e);
            }
        });
        return new ElementwiseOp(
                operation.name(),
                null,
                operation,
                arity,
                List.of(meaning),
                gradients,
                Collections.nCopies(arity, List.of()),
                Collections.nCopies(arity, List.of()));
    }

    /// What the operation computes for one combination of types.
    ///
    /// @param scalar the value for one element, over doubles that hold the elements exactly; a bool is 0 or 1
    public record Meaning(List<DType> inputs, DType result, Scalar scalar) {
        public Meaning {
            inputs = List.copyOf(inputs);
        }
    }

    /// The value of an operation at one place.
    @FunctionalInterface
    public interface Scalar {
        double apply(double[] operands);
    }

    /// As IR prints it.
    public String name() {
        return name;
    }

    /// The runtime's name for it; empty for an operation of host code.
    public Optional<Opcode> opcode() {
        return Optional.ofNullable(opcode);
    }

    /// The host code that computes it; empty for an operation of the table.
    public Optional<Operation> own() {
        return Optional.ofNullable(own);
    }

    public int arity() {
        return arity;
    }

    public List<Meaning> meanings() {
        return meanings;
    }

    /// Its meaning for given types, empty where it has none.
    public Optional<Meaning> meaning(List<DType> inputs) {
        for (var meaning : meanings) {
            if (meaning.inputs.equals(inputs)) {
                return Optional.of(meaning);
            }
        }
        return Optional.empty();
    }

    /// How gradient reaches the input at `index`; empty where none does.
    public Optional<GradientRule> gradient(int index) {
        return gradients.get(index);
    }

    /// Values of the input at `index`; at all their combinations the operation has all derivatives.
    public List<Double> samples(int index) {
        return samples.get(index);
    }

    /// More values of the input at `index` worth computing with, where the operation may jump or bend.
    public List<Double> edges(int index) {
        return edges.get(index);
    }

    @Override
    public String toString() {
        return name;
    }
}
