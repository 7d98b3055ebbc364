package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The name of a dimension in one call of a declaration. Values and axes carry the names of the dimension they have:
/// so `along = classes` finds its axis even where two axes have the same size.
record Tag(int frame, String name) {
    /// Calls this deep see the names of their own and the nearest calls; those around them count by size alone.
    private static final int MOST = 64;

    /// The tags of a value or an axis, the innermost name first.
    static List<Tag> merge(List<Tag> first, List<Tag> second) {
        if (first.isEmpty() || second.equals(first)) {
            return second;
        }
        if (second.isEmpty()) {
            return first;
        }
        var all = new ArrayList<>(first);
        for (Tag tag : second) {
            if (all.size() < MOST && !all.contains(tag)) {
                all.add(tag);
            }
        }
        return List.copyOf(all);
    }

    /// `tag` before the others.
    static List<Tag> prefix(Tag tag, List<Tag> others) {
        return merge(List.of(tag), others);
    }

    /// Tags for `rank` axes, all without a name.
    static List<List<Tag>> none(int rank) {
        return Collections.nCopies(rank, List.of());
    }
}
