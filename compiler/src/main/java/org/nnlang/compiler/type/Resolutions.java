package org.nnlang.compiler.type;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Identifier;

/// What the names of a program refer to, written down by [NameCheck] while it looks them up: for editors. It holds also for
/// declarations with mistakes; a name that is unknown is left out.
public final class Resolutions {
    /// Remembers nothing: what a compilation needs.
    public static final Resolutions IGNORED = new Resolutions(false);

    private final boolean kept;
    private final Map<Span, Use> uses = new LinkedHashMap<>();
    private final List<Local> locals = new ArrayList<>();

    /// What a name stands for.
    public enum Kind {
        PARAMETER,
        DIMENSION,
        VAL,
        VAR,
        PARAM,
        STATE,
        SLOT,
        /// The parameter that an optimizer updates.
        UPDATED,
        LOOP,
        LOCAL_FUNCTION,
        FUNCTION,
        LAYER,
        MODEL,
        OPTIMIZER,
        TRAIN,
        /// A `val` outside any body.
        CONSTANT,
        /// An alias of an import, or what is imported.
        MODULE,
        BUILTIN,
        /// What the place gives a meaning to: `step`, `epoch`, …
        WORD,
        TYPE;

        static Kind of(Declaration.Described declaration) {
            return switch (declaration) {
                case Declaration.Function _ -> FUNCTION;
                case Declaration.Layer layer -> layer.kind() == Declaration.LayerKind.MODEL ? MODEL : LAYER;
                case Declaration.Optimizer _ -> OPTIMIZER;
                case Declaration.Train _ -> TRAIN;
                case Declaration.Constant _ -> CONSTANT;
                case Declaration.Test _ -> throw new IllegalArgumentException("a test has no name");
            };
        }
    }

    /// A name somewhere.
    ///
    /// @param at       where it stands
    /// @param declared where that is declared: at `at` itself in a declaration, an empty place at the beginning of a file for a module,
    ///                 null for what the language provides
    public record Use(Span at, String name, Kind kind, @Nullable Span declared) {
        /// Whether this is the declaration.
        public boolean isDeclaration() {
            return at.equals(declared);
        }
    }

    /// A name of a body.
    ///
    /// @param visible where it can be used
    public record Local(String name, Kind kind, Span declared, Span visible) {}

    public Resolutions() {
        this(true);
    }

    private Resolutions(boolean kept) {
        this.kept = kept;
    }

    /// All names, in the order in which they were looked up.
    public Collection<Use> uses() {
        return uses.values();
    }

    /// What the name at a place refers to; null where none stands exactly there, or it is unknown.
    public @Nullable Use at(Span place) {
        return uses.get(place);
    }

    /// The names that bodies declare.
    public List<Local> locals() {
        return locals;
    }

    /// @param extent of the block, or of what else the name is known in; null where it has no place in a file
    void local(String name, LexicalScope.Kind kind, @Nullable Span at, @Nullable Span extent) {
        if (kept && at != null && extent != null && extent.file() == at.file()) {
            Kind known = kind(kind);
            if (known != null) {
                add(at, name, known, at);
                int start = Math.min(at.start(), extent.end());
                locals.add(new Local(name, known, at, at.file().span(start, extent.end())));
            }
        }
    }

    void local(String name, LexicalScope.Entry entry, Span at) {
        Kind known = kept ? kind(entry.kind()) : null;
        if (known != null) {
            add(at, name, known, entry.span());
        }
    }

    /// Notes what a name at the top of a module stands for.
    void symbol(String name, Symbol symbol, ModuleScope user, Span at) {
        if (!kept) {
            return;
        }
        switch (symbol) {
            case Symbol.Declared(Declaration.Described declaration, var _) ->
                add(at, name, Kind.of(declaration), Names.span(declaration));
            case Symbol.Aliased(ModuleScope module) -> {
                Identifier alias = user.aliasOf(name);
                add(at, name, Kind.MODULE, alias == null ? start(module) : alias.span());
            }
        }
    }

    void declaration(Declaration.Described declaration) {
        Identifier name = Names.of(declaration);
        if (kept && name != null) {
            add(name.span(), name.text(), Kind.of(declaration), name.span());
        }
    }

    void imported(Span at, ModuleScope target) {
        if (kept) {
            add(at, at.text(), Kind.MODULE, start(target));
        }
    }

    void alias(Identifier alias) {
        if (kept) {
            add(alias.span(), alias.text(), Kind.MODULE, alias.span());
        }
    }

    /// Notes what the language provides.
    void given(String name, Kind kind, Span at) {
        if (kept) {
            add(at, name, kind, null);
        }
    }

    private void add(Span at, String name, Kind kind, @Nullable Span declared) {
        uses.putIfAbsent(at, new Use(at, name, kind, declared));
    }

    private static Span start(ModuleScope module) {
        return module.file().span(0, 0);
    }

    private static @Nullable Kind kind(LexicalScope.Kind kind) {
        return switch (kind) {
            case PARAMETER -> Kind.PARAMETER;
            case DIMENSION -> Kind.DIMENSION;
            case VAL -> Kind.VAL;
            case VAR -> Kind.VAR;
            case PARAM -> Kind.PARAM;
            case STATE -> Kind.STATE;
            case SLOT -> Kind.SLOT;
            case UPDATED -> Kind.UPDATED;
            case LOOP -> Kind.LOOP;
            case FUNCTION -> Kind.LOCAL_FUNCTION;
            case UNREADABLE -> null;
        };
    }
}
