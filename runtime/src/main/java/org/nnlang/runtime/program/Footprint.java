package org.nnlang.runtime.program;

import java.util.List;
import java.util.Map;

/// How many bytes the arrays of a procedure have for given sizes, told before one is made.
///
/// @param variables parameters, slots and states
/// @param gradients of the parameters
/// @param floatArena for floats that are made and used up within a run; procedures on one [Memory] share the largest
/// @param intArena the same for integers
/// @param alive the most bytes of the arena that are in use at one time: no placement needs fewer
/// @param ports inputs and outputs
/// @param constants of the program
public record Footprint(
        long variables, long gradients, long floatArena, long intArena, long alive, long ports, long constants) {

    /// The footprint of an image.
    ///
    /// @param sizes for each of the image's symbols
    public static Footprint of(Image image, Map<String, Integer> sizes) {
        long[] symbols = new long[image.symbols().size()];
        for (int i = 0; i < symbols.length; i++) {
            Integer size = sizes.get(image.symbols().get(i));
            if (size == null) {
                throw new IllegalArgumentException(image.name() + " needs a size for " + image.symbols().get(i));
            }
            symbols[i] = size;
        }
        var layout = new Layout(image, symbols);
        long[] variables = variables(image.variables());
        return new Footprint(
                variables[0],
                variables[1],
                layout.floats[Segment.ARENA.ordinal()] * Float.BYTES,
                layout.ints[Segment.ARENA.ordinal()] * Float.BYTES,
                layout.mostAlive() * Float.BYTES,
                bytes(layout, Segment.INPUTS) + bytes(layout, Segment.OUTPUTS),
                bytes(layout, Segment.CONSTANTS));
    }

    private static long bytes(Layout layout, Segment segment) {
        return (layout.floats[segment.ordinal()] + layout.ints[segment.ordinal()]) * Float.BYTES;
    }

    /// Of variables, and of gradients.
    private static long[] variables(List<Variable> variables) {
        Memory.Counts counts = Memory.counts(variables);
        long all = 0;
        for (int segment = 0; segment < Segment.COUNT; segment++) {
            all += (long) (counts.floats()[segment] + counts.ints()[segment]) * Float.BYTES;
        }
        long gradients = (long) counts.floats()[Segment.GRADIENTS.ordinal()] * Float.BYTES;
        return new long[] {all - gradients, gradients};
    }

    /// What variables and gradients take, whatever runs on them.
    public long shared() {
        return variables + gradients;
    }

    /// What is made and used up within a run.
    public long arena() {
        return floatArena + intArena;
    }

    /// What an instance has for itself.
    public long own() {
        return ports + constants;
    }

    /// Everything, for one instance.
    public long total() {
        return shared() + arena() + own();
    }
}
