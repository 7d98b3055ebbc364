package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;

/// One call of a declaration, or one unrolled iteration in it.
///
/// @param id       counts calls
/// @param caller   the call it was made in; null for the outermost
/// @param what     the name of what is called
/// @param callSite where the call stands; null for the outermost
/// @param owner    who owns weights made here; null in a `fun`
/// @param loops    the iterations of the unrolled loops around, outermost first
/// @param path     what names the random draws made here
/// @param depth    the number of calls around
record Frame(
        int id,
        @Nullable Frame caller,
        String what,
        @Nullable Span callSite,
        @Nullable Owner owner,
        List<Integer> loops,
        String path,
        int depth) {
    Frame {
        loops = List.copyOf(loops);
    }

    /// Iteration `index` of a loop in this call.
    Frame iteration(int index) {
        var inner = new ArrayList<>(loops);
        inner.add(index);
        return new Frame(id, caller, what, callSite, owner, inner, path, depth);
    }

    /// `.3.1`, or nothing outside loops.
    String loopSuffix() {
        return loops.stream().map(i -> "." + i).collect(Collectors.joining());
    }
}
