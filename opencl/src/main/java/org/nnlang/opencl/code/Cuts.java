package org.nnlang.opencl.code;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Variable;

/// Where the segments that all programs of a training share are cut, so that each piece fits a buffer of the device: between
/// variables, never within one. Gradients lie as their parameters do.
public final class Cuts {
    /// A buffer begins at a multiple of this many elements, so at most so many before its first variable: what could be read by
    /// fours still can.
    private static final int ALIGNMENT = 4;

    /// Every segment is one piece.
    public static final Cuts NONE = new Cuts(List.of(), new int[Segment.COUNT], new int[Segment.COUNT], 0);

    /// Where pieces begin, and, behind the last, where the segment ends; floats, then ints of each segment.
    private final int[][] starts = new int[2 * Segment.COUNT][];

    private Cuts(List<Variable> variables, int[] floats, int[] ints, int most) {
        for (Segment segment : Segment.values()) {
            int s = segment.ordinal();
            Segment owner = segment == Segment.GRADIENTS ? Segment.PARAMETERS : segment;
            starts[2 * s] = starts(variables, owner, false, floats[s], most);
            starts[2 * s + 1] = starts(variables, segment, true, ints[s], most);
        }
    }

    /// Cuts segments where it must be.
    ///
    /// @param floats the size of each segment's floats, in elements, by ordinal
    /// @param ints that of its ints
    /// @param most elements of a buffer; no variable has more
    public static Cuts of(List<Variable> variables, int[] floats, int[] ints, int most) {
        return new Cuts(variables, floats, ints, most);
    }

    /// How many elements of a buffer a variable needs that begins a piece.
    public static long needed(Variable variable) {
        return (long) variable.offset() - aligned(variable.offset()) + variable.size();
    }

    private static int[] starts(List<Variable> variables, Segment segment, boolean ints, int end, int most) {
        int[] found = new int[2];
        int count = 1;
        List<Variable> sorted = variables.stream()
                .filter(variable -> variable.segment() == segment && variable.dtype().isFloat() != ints)
                .sorted(Comparator.comparingInt(Variable::offset))
                .toList();
        for (Variable variable : sorted) {
            if ((long) variable.offset() + variable.size() - aligned(found[count - 1]) > most) {
                if (variable.offset() > found[count - 1]) {
                    found = Arrays.copyOf(found, count + 2);
                    found[count++] = variable.offset();
                }
            }
        }
        found[count] = end;
        return found;
    }

    private static int aligned(int start) {
        return start / ALIGNMENT * ALIGNMENT;
    }

    private int[] starts(Segment segment, boolean ints) {
        return starts[2 * segment.ordinal() + (ints ? 1 : 0)];
    }

    /// How many pieces a segment has.
    public int count(Segment segment, boolean ints) {
        return starts(segment, ints).length - 1;
    }

    /// The piece that an element lies in.
    public int piece(Segment segment, boolean ints, int element) {
        int[] all = starts(segment, ints);
        int piece = 0;
        while (piece < all.length - 2 && element >= all[piece + 1]) {
            piece++;
        }
        return piece;
    }

    /// The first element of a piece.
    public int start(Segment segment, boolean ints, int piece) {
        return starts(segment, ints)[piece];
    }

    /// The element of the segment at which the piece's buffer begins.
    public int base(Segment segment, boolean ints, int piece) {
        return aligned(start(segment, ints, piece));
    }

    /// How many elements the piece's buffer has.
    public int size(Segment segment, boolean ints, int piece) {
        return starts(segment, ints)[piece + 1] - base(segment, ints, piece);
    }
}
