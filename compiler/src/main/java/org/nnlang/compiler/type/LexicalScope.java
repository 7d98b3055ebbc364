package org.nnlang.compiler.type;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;

/// The names of a block, and those around it.
final class LexicalScope {
    enum Kind {
        PARAMETER("a parameter"),
        DIMENSION("a dimension"),
        VAL("a `val`"),
        VAR("a `var`"),
        PARAM("a `param`"),
        STATE("a `state`"),
        SLOT("a `slot`"),
        UPDATED("a parameter to update"),
        LOOP("a loop's name"),
        FUNCTION("a `fun`"),
        UNREADABLE("something unreadable");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    record Entry(Kind kind, @Nullable Span span) {}

    private final @Nullable LexicalScope parent;
    private final @Nullable Span extent;
    private final Resolutions resolutions;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /// The names of a declaration.
    ///
    /// @param extent      at whose end they are forgotten; null where they have no place in a file
    /// @param resolutions what finds are written down in
    LexicalScope(@Nullable Span extent, Resolutions resolutions) {
        this.parent = null;
        this.extent = extent;
        this.resolutions = resolutions;
    }

    /// The names of something inside.
    ///
    /// @param extent at whose end they are forgotten
    LexicalScope(LexicalScope parent, Span extent) {
        this.parent = parent;
        this.extent = extent;
        this.resolutions = parent.resolutions;
    }

    /// Adds a name; what had it in this very scope before, or null.
    @Nullable
    Entry declare(String name, Kind kind, @Nullable Span span) {
        Entry earlier = entries.get(name);
        if (earlier == null || earlier.kind == Kind.UNREADABLE) {
            entries.put(name, new Entry(kind, span));
            resolutions.local(name, kind, span, extent);
            return null;
        }
        return earlier;
    }

    /// What a name at `at` stands for; null where nothing in the body has it.
    @Nullable
    Entry use(String name, Span at) {
        Entry entry = find(name);
        if (entry != null) {
            resolutions.local(name, entry, at);
        }
        return entry;
    }

    Resolutions resolutions() {
        return resolutions;
    }

    @Nullable
    Entry find(String name) {
        for (LexicalScope scope = this; scope != null; scope = scope.parent) {
            Entry entry = scope.entries.get(name);
            if (entry != null) {
                return entry;
            }
        }
        return null;
    }

    /// Every name of one kind that is known here.
    Set<String> names(Kind kind) {
        var all = new TreeSet<>(names());
        all.removeIf(name -> {
            Entry entry = find(name);
            return entry == null || entry.kind() != kind;
        });
        return all;
    }

    /// Every name that is known here.
    Set<String> names() {
        var all = new TreeSet<String>();
        for (LexicalScope scope = this; scope != null; scope = scope.parent) {
            all.addAll(scope.entries.keySet());
        }
        return all;
    }
}
