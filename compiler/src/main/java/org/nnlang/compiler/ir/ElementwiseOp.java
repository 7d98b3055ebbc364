package org.nnlang.compiler.ir;

import java.util.List;
import java.util.Optional;
import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.tensor.DType;

/// An operation that makes each element of its result from the elements in the same place of its inputs. Identity is
/// equality: every operation is declared once, in the operation table.
public final class ElementwiseOp {
    private final String name;
    private final Opcode opcode;
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
        this.name = name;
        this.opcode = opcode;
        this.meanings = List.copyOf(meanings);
        this.gradients = List.copyOf(gradients);
        this.samples = samples.stream().map(List::copyOf).toList();
        this.edges = edges.stream().map(List::copyOf).toList();
        int arity = opcode.arity();
        if (gradients.size() != arity || samples.size() != arity || edges.size() != arity) {
            throw new IrException("`" + name + "` is not declared for " + arity + " inputs");
        }
        for (var meaning : meanings) {
            if (meaning.inputs().size() != arity) {
                throw new IrException("`" + name + "` does not take " + meaning.inputs());
            }
        }
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

    /// The runtime's name for it.
    public Opcode opcode() {
        return opcode;
    }

    public int arity() {
        return opcode.arity();
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
