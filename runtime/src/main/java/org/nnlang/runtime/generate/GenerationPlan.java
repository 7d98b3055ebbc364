package org.nnlang.runtime.generate;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Variable;

/// A model that writes a sequence, compiled.
///
/// @param variables of the model, which all programs share
/// @param whole    the model over a whole sequence
/// @param step     the model at the newest position alone
/// @param context  what depends on the other inputs, computed once for a sequence; null where nothing does
/// @param sequence the input that grows: i32 \[1, positions\] for `whole`, i32 \[1, 1\] for `step`
/// @param length   the size of `whole` that counts positions
/// @param position the size of `step` that counts the positions before the newest
/// @param output   the scores of the next token, f32 \[1, …, vocabulary\], of both
/// @param caches   rows that are kept
/// @param states   what each step hands to the next
public record GenerationPlan(
        List<Variable> variables, Program whole, Program step, @Nullable Program context, String sequence,
        String length, String position, String output, List<Cache> caches, List<State> states) {
    public GenerationPlan {
        variables = List.copyOf(variables);
        caches = List.copyOf(caches);
        states = List.copyOf(states);
    }

    /// A procedure and its class.
    public record Program(Image image, CompiledProgram code) {}

    /// Rows of earlier positions, first to last: after a step its output `row` is appended to what its input `input` was.
    public record Cache(String input, String row) {}

    /// A step's output `output` is the next one's `input`; the first one's is the context's output of that name.
    public record State(String input, String output) {}
}
