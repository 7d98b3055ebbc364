package org.nnlang.compiler.lower;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.nnlang.compiler.source.Span;

/// The names of layers and variables within each owner. A place in the source has the same name whenever its owner is
/// applied, so that a layer applied twice finds its weights again.
final class NameTable {
    private record Site(String prefix, Span place, String loops) {}

    private final Map<Site, String> names = new HashMap<>();
    private final Map<String, Set<String>> taken = new HashMap<>();
    private final SiteNumbers numbers = new SiteNumbers();

    /// Keeps a name of the whole program from everything that asks for one.
    void reserve(String name) {
        taken.computeIfAbsent("", _ -> new HashSet<>()).add(name);
    }

    /// The full name of what a `val` (or `param`, …) called `binding` at `place` binds.
    String bound(Owner owner, String binding, Span place, String loops) {
        return allocate(new Site(owner.prefix(), place, loops), binding, 1, loops);
    }

    /// The full name of a layer that no `val` binds: its type's, numbered from the second of its kind in a body.
    String anonymous(Owner owner, String type, Span site, String loops) {
        return allocate(new Site(owner.prefix(), site, loops), snake(type), numbers.anonymous(site), loops);
    }

    /// The numbers of the places, to which every body is added before it is elaborated.
    SiteNumbers numbers() {
        return numbers;
    }

    private String allocate(Site site, String base, int number, String loops) {
        String known = names.get(site);
        if (known != null) {
            return known;
        }
        Set<String> used = taken.computeIfAbsent(site.prefix(), _ -> new HashSet<>());
        String candidate = numbered(base, number) + loops;
        for (int next = Math.max(2, number + 1); !used.add(candidate); next++) {
            candidate = numbered(base, next) + loops;
        }
        String name = site.prefix() + candidate;
        names.put(site, name);
        return name;
    }

    private static String numbered(String base, int number) {
        return number == 1 ? base : base + number;
    }

    /// `LayerNorm` → `layer_norm`, `LSTM` → `lstm`, `F1` → `f1`.
    static String snake(String type) {
        return type.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .replaceAll("([A-Z]+)([A-Z][a-z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }
}
