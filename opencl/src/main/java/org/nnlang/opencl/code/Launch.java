package org.nnlang.opencl.code;

import java.util.List;

/// A kernel and how to run it.
///
/// @param source a function called [#NAME]; launches of equal source share one kernel's code
/// @param global numbers of work items in three dimensions, multiples of `local`
/// @param scratch floats of scratch memory
public record Launch(String source, List<Argument> arguments, List<Long> global, List<Integer> local, long scratch) {
    /// Stands for the function's name.
    static final String NAME = "KERNEL";

    public Launch {
        arguments = List.copyOf(arguments);
        global = List.copyOf(global);
        local = List.copyOf(local);
    }

    /// One dimension.
    static Launch of(String source, List<Argument> arguments, long groups, int local, long scratch) {
        return new Launch(
                source, arguments, List.of(Math.max(1, groups) * local, 1L, 1L), List.of(local, 1, 1), scratch);
    }

    /// Groups in three dimensions of work groups in one.
    static Launch of(String source, List<Argument> arguments, long x, long y, long z, int local, long scratch) {
        return new Launch(
                source,
                arguments,
                List.of(Math.max(1, x) * local, Math.max(1, y), Math.max(1, z)),
                List.of(local, 1, 1),
                scratch);
    }

    /// The function under another name.
    public String named(String name) {
        return named(source, name);
    }

    static String named(String source, String name) {
        return source.replace(NAME, name);
    }
}
