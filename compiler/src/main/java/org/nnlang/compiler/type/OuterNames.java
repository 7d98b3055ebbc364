package org.nnlang.compiler.type;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Identifier;
import org.nnlang.compiler.syntax.Pattern;
import org.nnlang.compiler.type.NameCheck.Place;

/// The part of [NameCheck] that looks beyond the body: a name that nothing there declares may be one of the module, of
/// its imports, of the prelude, or built in; or it is unknown, and somebody has to say what was probably meant.
final class OuterNames {
    private final ModuleScope module;
    private final Set<String> builtins;
    private final Diagnostics diagnostics;
    private final UnaryOperator<String> way;

    /// Where the `step` of a train declares its names, which end with it.
    private final Map<String, Span> ofStep = new HashMap<>();

    /// @param way what to do about a name that resembles none
    OuterNames(ModuleScope module, Set<String> builtins, Diagnostics diagnostics, UnaryOperator<String> way) {
        this.module = module;
        this.builtins = builtins;
        this.diagnostics = diagnostics;
        this.way = way;
    }

    /// Forgets the names of another train's `step`.
    void declarationBegins() {
        ofStep.clear();
    }

    /// Notes names of a `step`, behind which they are none.
    void ended(Pattern pattern) {
        pattern.names().forEach(name -> ofStep.put(name.text(), name.span()));
    }

    /// Looks up what a module under its alias has, and reports what it does not have.
    void member(Expression.Select select, LexicalScope scope) {
        if (select.target() instanceof Expression.Name(String name, Span _)
                && scope.find(name) == null
                && module.find(name) instanceof Symbol.Aliased(ModuleScope aliased)) {
            Symbol.Declared found = aliased.exported(select.member().text());
            if (found != null) {
                scope.resolutions().symbol(select.member().text(), found, module, select.member().span());
                return;
            }
            Declaration.Described hidden = aliased.own().get(select.member().text());
            if (hidden != null) {
                hidden(select.member().text(), select.member().span(), hidden);
            } else if (!aliased.mentions(select.member().text())) {
                diagnostics.add(Diagnostic.of(
                        Code.UNKNOWN_MEMBER,
                        select.member().span(),
                        "`" + name + "` declares no `" + select.member() + "`")
                        .help(Help.nearest(
                                select.member().text(),
                                select.member().span(),
                                aliased.exportedNames(),
                                "it declares " + listed(aliased.exportedNames()))));
            }
        }
    }

    /// Reports a name that nothing here is called.
    void use(String name, Span span, LexicalScope scope, Place place) {
        use(name, span, scope, place, Help.of(way.apply(name)));
    }

    /// Reports a name that nothing here is called and that is to be assigned.
    ///
    /// @param declaration makes a declaration of the assignment; null where none would do
    void useAssigned(Identifier name, LexicalScope scope, Place place, @Nullable Fix declaration) {
        var help = new Help(way.apply(name.text()), declaration == null ? List.of() : List.of(declaration));
        use(name.text(), name.span(), scope, place, help);
    }

    /// Reports a name behind `along` that nothing here is called: it would be that of a dimension.
    void useDimension(String name, Span span, LexicalScope scope, Place place) {
        Set<String> dimensions = scope.names(LexicalScope.Kind.DIMENSION);
        use(name, span, scope, place, Help.of(dimensions.isEmpty()
                ? "a dimension is named in the type of an input, `x: f32[b, t, n]`; an axis has an index, too"
                : "the dimensions here are " + listed(dimensions)));
    }

    private void use(String name, Span span, LexicalScope scope, Place place, Help otherwise) {
        if (scope.use(name, span) != null) {
            return;
        }
        if (place.names().contains(name)) {
            scope.resolutions().given(name, Resolutions.Kind.WORD, span);
            return;
        }
        Symbol symbol = module.find(name);
        if (symbol != null) {
            scope.resolutions().symbol(name, symbol, module, span);
        } else if (builtins.contains(name)) {
            scope.resolutions().given(name, Resolutions.Kind.BUILTIN, span);
        }
        if (symbol instanceof Symbol.Declared) {
            List<ModuleScope> several = module.own().containsKey(name) ? List.of() : module.declaring(name);
            if (several.size() > 1) {
                diagnostics.add(Diagnostic.of(
                        Code.AMBIGUOUS_NAME, span, "`" + name + "` is declared by two imports")
                        .note("by " + several.get(0) + " and " + several.get(1))
                        .help("import one of them under a name: `import … as blocks`, then `blocks." + name + "`"));
            }
            return;
        }
        if (symbol != null || builtins.contains(name) || module.mentions(name)) {
            return;
        }
        Declaration.Described hidden = module.hidden(name);
        if (hidden != null) {
            hidden(name, span, hidden);
            return;
        }
        Span inStep = ofStep.get(name);
        if (inStep != null) {
            diagnostics.add(Diagnostic.of(Code.UNKNOWN_NAME, span, "nothing here is called `" + name + "`")
                    .also(inStep, "the `step` declares it")
                    .help("what a `step` declares ends with it: "
                            + (place == Place.JUDGING
                                    ? "compute it here, too, from these examples"
                                    : "what is to be watched behind it is reported, as in `train." + name + "`")));
            return;
        }
        var candidates = new TreeSet<>(scope.names());
        candidates.addAll(module.names());
        candidates.addAll(builtins);
        candidates.addAll(place.names());
        diagnostics.add(Diagnostic.of(Code.UNKNOWN_NAME, span, "nothing here is called `" + name + "`")
                .help(ForeignNames.ofName(name, span)
                        .orElseGet(() -> Help.nearest(name, span, candidates, otherwise))));
    }

    /// Whether a name from outside the body is known.
    boolean isKnown(String name, Span span, LexicalScope scope, Place place) {
        Symbol symbol = module.find(name);
        if (symbol != null) {
            scope.resolutions().symbol(name, symbol, module, span);
        }
        return symbol != null
                || place.names().contains(name)
                || builtins.contains(name)
                || module.mentions(name);
    }

    private void hidden(String name, Span span, Declaration.Described declaration) {
        diagnostics.add(Diagnostic.of(Code.PRIVATE_NAME, span, "`" + name + "` is private to its module")
                .also(Names.span(declaration), "declared `private` here")
                .help("remove `private` there to use it here"));
    }

    private static String listed(Set<String> names) {
        return names.isEmpty()
                ? "nothing"
                : names.stream().limit(8).map(n -> "`" + n + "`").reduce((a, b) -> a + ", " + b).orElse("");
    }
}
