package org.nnlang.compiler.type;

import static org.nnlang.compiler.type.LexicalScope.Kind;

import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.syntax.Identifier;
import org.nnlang.compiler.type.NameCheck.Place;

/// The part of [NameCheck] that looks at what `=` and `:=` change.
final class Assignments {
    private final OuterNames outer;
    private final Diagnostics diagnostics;

    Assignments(OuterNames outer, Diagnostics diagnostics) {
        this.outer = outer;
        this.diagnostics = diagnostics;
    }

    /// `name = …`.
    void assigned(Identifier name, LexicalScope scope, Place place) {
        LexicalScope.Entry entry = scope.use(name.text(), name.span());
        if (entry == null) {
            outer.use(name.text(), name.span(), scope, place);
            return;
        }
        switch (entry.kind()) {
            case VAR, UNREADABLE -> {}
            case STATE, SLOT, UPDATED ->
                diagnostics.add(declared(
                        Diagnostic.of(
                                Code.FIXED_NAME,
                                name.span(),
                                "`" + name + "` is " + entry.kind().words() + ", and keeps its value with `:=`")
                                .help("write `" + name + " := …`"),
                        name.text(),
                        entry));
            case PARAMETER, DIMENSION, VAL, PARAM, LOOP, FUNCTION ->
                diagnostics.add(declared(
                        Diagnostic.of(
                                Code.FIXED_NAME,
                                name.span(),
                                "`" + name + "` is " + entry.kind().words() + ", and cannot be assigned")
                                .help(
                                        entry.kind() == Kind.VAL
                                                ? "declare it with `var` to change it"
                                                : "bind the new value to a name of its own: `val … = …`"),
                        name.text(),
                        entry));
        }
    }

    /// `name := …`.
    void updated(Identifier name, LexicalScope scope, Place place) {
        LexicalScope.Entry entry = scope.use(name.text(), name.span());
        if (entry == null) {
            outer.use(name.text(), name.span(), scope, place);
            return;
        }
        if (entry.kind() != Kind.STATE
                && entry.kind() != Kind.SLOT
                && entry.kind() != Kind.UPDATED
                && entry.kind() != Kind.UNREADABLE) {
            diagnostics.add(declared(
                    Diagnostic.of(
                            Code.NOT_UPDATABLE,
                            name.span(),
                            "`:=` changes a `state` or a `slot`, and `" + name + "` is "
                                    + entry.kind().words())
                            .help(
                                    entry.kind() == Kind.VAR
                                            ? "write `" + name + " = …`"
                                            : entry.kind() == Kind.PARAM
                                                    ? "a `param` is changed by `minimize`; memory of your own is `state "
                                                            + name + ": … = …`"
                                            : "declare it with `state` if it is to last"),
                    name.text(),
                    entry));
        }
    }

    /// Adds the place of a declaration.
    static Diagnostic declared(Diagnostic diagnostic, String name, LexicalScope.Entry entry) {
        return entry.span() == null ? diagnostic : diagnostic.also(entry.span(), "`" + name + "` is declared here");
    }
}
