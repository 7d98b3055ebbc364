package org.nnlang.compiler.incremental;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nnlang.compiler.ir.CallBody;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;

/// A model over a sequence, such as a language model over its tokens, made to compute one position after the other.
///
/// The model says what it makes of positions 0 … t - 1 together. Here each value is split into its *row*, what it is at
/// the newest position, and its *whole*, what it is at all positions so far. A row is computed from rows wherever the
/// operation works on each position alone; where all positions meet (the keys and values of attention), the whole is
/// the rows of earlier positions, which the caller keeps, and the newest one. So a position costs one position's work, and not the
/// whole sequence's.
///
/// It is right for models that are causal: rows once computed must not change when positions are added. The caller
/// finds out by comparing with the whole model.
///
/// @param context computes what depends on the other inputs alone, once a sequence; without outputs where nothing does
/// @param step    computes the outputs at the newest position
/// @param length   the size of the whole model that counts positions
/// @param position the size that counts the positions before it, a free dimension of `step`
/// @param caches  rows that the caller keeps
/// @param states  what loops over the positions carry from one to the next
public record Incremental(
        Procedure context, Procedure step, String length, String position, List<Cache> caches, List<State> states) {
    public Incremental {
        caches = List.copyOf(caches);
        states = List.copyOf(states);
    }

    /// Rows that the caller keeps: after each step it appends `output` (\[1, rest…\]) to what it hands to the next one as `input`
    /// (\[position, rest…\]).
    public record Cache(String input, String output) {}

    /// What a step hands to the next: its output `output` is that one's `input`, which for the first step is the context's
    /// output of that name.
    public record State(String input, String output) {}

    /// Splits a model.
    ///
    /// @param whole    the whole model
    /// @param sequence the name of its input that grows
    /// @param axis     along which axis
    /// @throws IrException where that axis is no free dimension of its own, or the model changes variables
    public static Incremental of(Procedure whole, String sequence, int axis) {
        Procedure apply = CallBody.withoutCalls(whole);
        if (!apply.updates().isEmpty()) {
            throw new IrException(apply.name() + " changes variables");
        }
        Node grows = apply.inputs().stream()
                .filter(input -> name(input).equals(sequence))
                .findFirst()
                .orElseThrow(() -> new IrException(apply.name() + " has no input " + sequence));
        String length = grows.shape()
                .dim(axis)
                .symbolName()
                .orElseThrow(() -> new IrException("axis " + axis + " of " + grows + " is not free"));
        return new Rows(apply, grows, length, unused("position", apply)).incremental();
    }

    private static String name(Node input) {
        return ((Form.Input) input.form()).name();
    }

    private static String unused(String name, Procedure procedure) {
        String free = name;
        Set<String> taken = new HashSet<>();
        for (Node node : procedure.nodes()) {
            node.shape().dims().forEach(dim -> taken.addAll(dim.symbols()));
        }
        while (taken.contains(free)) {
            free += "_";
        }
        return free;
    }

    /// A size of the whole model as a size of `step`.
    public Dim size(String name) {
        return name.equals(length) ? Dim.symbol(position).plus(1) : Dim.symbol(name);
    }
}
