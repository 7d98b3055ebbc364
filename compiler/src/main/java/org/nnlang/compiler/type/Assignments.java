package org.nnlang.compiler.type;

import static org.nnlang.compiler.type.LexicalScope.Kind;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.Span;
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
        Span sign = behind(name.span(), "=");
        if (entry == null) {
            outer.useAssigned(name, scope, place, sign == null ? null : Fix.write(name.span(), "val " + name));
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
                                .help(new Help("write `" + name + " := …`", written(sign, ":="))),
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
                                                ? new Help("declare it with `var` to change it",
                                                        written(before(entry.span(), "val"), "var"))
                                                : Help.of("bind the new value to a name of its own: `val … = …`")),
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
                                            ? new Help("write `" + name + " = …`",
                                                    written(behind(name.span(), ":="), "="))
                                            : Help.of(entry.kind() == Kind.PARAM
                                                    ? "a `param` is changed by `minimize`; memory of your own is `state "
                                                            + name + ": … = …`"
                                                    : "declare it with `state` if it is to last")),
                    name.text(),
                    entry));
        }
    }

    private static List<Fix> written(@Nullable Span place, String text) {
        return place == null ? List.of() : List.of(Fix.write(place, text));
    }

    /// A sign that stands behind a name on its line; null where another does.
    static @Nullable Span behind(Span name, String sign) {
        int start = Fix.withBlanks(name).end();
        return name.file().text().startsWith(sign, start) ? name.file().span(start, start + sign.length()) : null;
    }

    /// A keyword that stands before a name on its line; null where another does.
    static @Nullable Span before(@Nullable Span name, String keyword) {
        if (name == null) {
            return null;
        }
        String text = name.file().text();
        int end = name.start();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        int start = end - keyword.length();
        boolean word = start == 0 || start > 0 && !Character.isJavaIdentifierPart(text.charAt(start - 1));
        return word && text.startsWith(keyword, start) ? name.file().span(start, end) : null;
    }

    /// Adds the place of a declaration.
    static Diagnostic declared(Diagnostic diagnostic, String name, LexicalScope.Entry entry) {
        return entry.span() == null ? diagnostic : diagnostic.also(entry.span(), "`" + name + "` is declared here");
    }
}
