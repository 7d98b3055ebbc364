package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.nnlang.runtime.checkpoint.Storage;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Variable;

/// Where the segments that all programs of a training share are cut, so that each piece fits a buffer of the device and holds its
/// elements in one way: between variables, never within one. Gradients lie as their parameters do.
public final class Cuts {
    /// A variable lies in its buffer at the same remainder of this as in the segment: what could be read by fours still can.
    private static final int ALIGNMENT = 4;

    /// Every segment is one piece.
    public static final Cuts NONE = of(List.of(), Map.of(), new int[Segment.COUNT], new int[Segment.COUNT], 0);

    /// Floats, then ints of each segment.
    private final Pieces[] segments = new Pieces[2 * Segment.COUNT];

    /// Neighbours that lie in one piece without a gap.
    ///
    /// @param start the first element of the segment
    /// @param base the element that would be the buffer's first, if all before lay in it, too
    private record Run(int start, int piece, int base) {}

    /// @param storage of each piece
    /// @param sizes in elements
    private record Pieces(List<Run> runs, List<Storage> storage, int[] sizes) {}

    private Cuts(List<Variable> variables, Map<String, Storage> held, int[] floats, int[] ints, long bytes) {
        for (Segment segment : Segment.values()) {
            int s = segment.ordinal();
            boolean gradients = segment == Segment.GRADIENTS;
            List<Variable> own = variables.stream()
                    .filter(variable -> variable.segment() == (gradients ? Segment.PARAMETERS : segment)
                            && variable.offset() < (variable.dtype().isFloat() ? floats : ints)[s])
                    .sorted(Comparator.comparingInt(Variable::offset))
                    .toList();
            segments[2 * s] = pieces(
                    own.stream().filter(variable -> variable.dtype().isFloat()).toList(), gradients ? Map.of() : held,
                    floats[s], bytes);
            segments[2 * s + 1] = pieces(
                    own.stream().filter(variable -> !variable.dtype().isFloat()).toList(), Map.of(), ints[s], bytes);
        }
    }

    /// Cuts segments where it must be.
    ///
    /// @param held how variables are held that are not held as they are
    /// @param floats the size of each segment's floats, in elements, by ordinal
    /// @param ints that of its ints
    /// @param bytes of a buffer; no variable has more
    public static Cuts of(
            List<Variable> variables, Map<String, Storage> held, int[] floats, int[] ints, long bytes) {
        return new Cuts(variables, held, floats, ints, bytes);
    }

    /// How many bytes of a buffer a variable needs that begins a piece.
    public static long needed(Variable variable, Storage storage) {
        return bytes(storage) * ((long) variable.offset() - aligned(variable.offset()) + variable.size());
    }

    /// The bytes of an element.
    public static int bytes(Storage storage) {
        return storage == Storage.F32 ? Float.BYTES : Short.BYTES;
    }

    private static Pieces pieces(List<Variable> variables, Map<String, Storage> held, int end, long bytes) {
        List<Run> runs = new ArrayList<>();
        List<Storage> storage = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        // The piece of each kind that is not full.
        var open = new EnumMap<Storage, Integer>(Storage.class);
        for (Variable variable : variables) {
            Storage own = held.getOrDefault(variable.name(), Storage.F32);
            long most = bytes / bytes(own);
            int offset = variable.offset();
            if (runs.isEmpty()) {
                runs.add(new Run(0, 0, 0));
                storage.add(own);
                sizes.add(0);
                open.put(own, 0);
                continue;
            }
            Run last = runs.getLast();
            boolean continues = storage.get(last.piece) == own;
            if (continues && (offset == last.start || (long) offset + variable.size() - last.base <= most)) {
                continue;
            }
            sizes.set(last.piece, offset - last.base);
            Integer piece = continues ? null : open.get(own);
            int behind = piece == null ? 0 : sizes.get(piece);
            int place = behind + Math.floorMod(offset - behind, ALIGNMENT);
            if (piece == null || (long) place + variable.size() > most) {
                piece = storage.size();
                place = offset - aligned(offset);
                storage.add(own);
                sizes.add(0);
                open.put(own, piece);
            }
            runs.add(new Run(offset, piece, offset - place));
        }
        if (runs.isEmpty()) {
            return new Pieces(List.of(new Run(0, 0, 0)), List.of(Storage.F32), new int[] {end});
        }
        sizes.set(runs.getLast().piece, end - runs.getLast().base);
        return new Pieces(
                List.copyOf(runs), List.copyOf(storage), sizes.stream().mapToInt(Integer::intValue).toArray());
    }

    private static int aligned(int start) {
        return start / ALIGNMENT * ALIGNMENT;
    }

    private Pieces pieces(Segment segment, boolean ints) {
        return segments[2 * segment.ordinal() + (ints ? 1 : 0)];
    }

    private Run run(Segment segment, boolean ints, int element) {
        List<Run> runs = pieces(segment, ints).runs;
        int low = 0;
        int high = runs.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) / 2;
            if (runs.get(middle).start <= element) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return runs.get(low);
    }

    /// How many pieces a segment has.
    public int count(Segment segment, boolean ints) {
        return pieces(segment, ints).sizes.length;
    }

    /// Where another piece begins, or goes on elsewhere, in the order of elements; the first is 0.
    public int[] starts(Segment segment, boolean ints) {
        return pieces(segment, ints).runs.stream().mapToInt(Run::start).toArray();
    }

    /// The piece that an element lies in.
    public int piece(Segment segment, boolean ints, int element) {
        return run(segment, ints, element).piece;
    }

    /// The element of the segment that would lie at the beginning of the buffer that holds this one, if all between lay there, too.
    public int base(Segment segment, boolean ints, int element) {
        return run(segment, ints, element).base;
    }

    /// How a piece's buffer holds floats.
    public Storage storage(Segment segment, boolean ints, int piece) {
        return pieces(segment, ints).storage.get(piece);
    }

    /// How many elements a piece's buffer has.
    public int size(Segment segment, boolean ints, int piece) {
        return pieces(segment, ints).sizes[piece];
    }

    @Override
    public String toString() {
        return Arrays.toString(segments);
    }
}
