package org.nnlang.compiler.syntax;

import java.util.List;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.source.Span;

/// Reports statements that mean nothing in the declaration or block where they stand, such as a `param` in a `fun`.
final class Placement {
    private final Diagnostics diagnostics;

    private Placement(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /// What a statement stands in: the innermost of these around it.
    private enum Home {
        FUNCTION("a `fun`"),
        LAMBDA("a lambda"),
        LAYER("a `layer`"),
        MODEL("a `model`"),
        OPTIMIZER("an `optimizer`"),
        TRAIN("a `train`"),
        STEP("a `step`"),
        VALIDATE("a `validate`"),
        /// The one of a `train`, which judges.
        TEST_LOOP("the `test` of a `train`"),
        SCAN("a `scan`"),
        TEST("a `test`"),
        /// Like a test, but that nobody sees one.
        ENTRY("an entry of its own");

        final String text;

        boolean isTest() {
            return this == TEST || this == ENTRY;
        }

        Home(String text) {
            this.text = text;
        }
    }

    static void check(Module module, Diagnostics diagnostics) {
        Placement placement = new Placement(diagnostics);
        for (Declaration declaration : module.declarations()) {
            switch (declaration) {
                case Declaration.Function f -> placement.check(f.body(), Home.FUNCTION, false);
                case Declaration.Layer l ->
                    placement.check(l.body(), l.kind() == Declaration.LayerKind.MODEL ? Home.MODEL : Home.LAYER, false);
                case Declaration.Optimizer o -> placement.check(o.body(), Home.OPTIMIZER, false);
                case Declaration.Train t -> placement.check(t.body(), Home.TRAIN, false);
                case Declaration.Test t -> placement.check(t.body(), Home.TEST, false);
                case Declaration.Constant c -> placement.check(c.value(), Home.FUNCTION, false);
                case Declaration.Invalid _, Import _ -> {}
            }
        }
    }

    /// Checks statements that are carried out alone.
    static void check(Block entry, Diagnostics diagnostics) {
        new Placement(diagnostics).check(entry, Home.ENTRY, false);
    }

    private void check(Block block, Home home, boolean inScan) {
        for (Statement statement : block.statements()) {
            check(statement, home, inScan);
        }
    }

    private void check(Statement statement, Home home, boolean inScan) {
        switch (statement) {
            case Statement.Val s -> check(s.value(), home, inScan);
            case Statement.Var s -> check(s.value(), home, inScan);
            case Statement.Param s -> {
                belongs(head(s.span(), s.name()), "param", "a `layer` or `model`",
                        home == Home.LAYER || home == Home.MODEL, home,
                        inScan);
                check(s.initializer(), home, inScan);
            }
            case Statement.State s -> {
                belongs(head(s.span(), s.name()), "state", "a `layer` or `model`",
                        home == Home.LAYER || home == Home.MODEL, home,
                        inScan);
                check(s.value(), home, inScan);
            }
            case Statement.Slot s ->
                belongs(head(s.span(), s.name()), "slot", "an `optimizer`", home == Home.OPTIMIZER, home, inScan);
            case Statement.Assign s -> check(s.value(), home, inScan);
            case Statement.Update s -> check(s.value(), home, inScan);
            case Statement.For s -> {
                check(s.range(), home, inScan);
                check(s.body(), home, inScan);
            }
            case Statement.Require s -> check(s.condition(), home, inScan);
            case Statement.Assert s -> {
                belongs(word(s.span(), "assert"), "assert", "a `test`", home.isTest(), home, false);
                check(s.condition(), home, inScan);
            }
            case Statement.Yield s -> {
                belongs(word(s.span(), "yield"), "yield", "a `scan`", inScan, home, false);
                check(s.value(), home, inScan);
            }
            case Statement.Minimize s -> {
                boolean fits = home == Home.STEP || home.isTest();
                belongs(word(s.span(), "minimize"), "minimize", "a `step` or `test`", fits, home, inScan);
                check(s.loss(), home, inScan);
            }
            case Statement.Report s -> {
                boolean fits = home == Home.STEP || home == Home.VALIDATE || home == Home.TEST_LOOP;
                belongs(word(s.span(), "report"), "report", "a `step` or `validate`", fits,
                        home, inScan);
                check(s.value(), home, inScan);
            }
            case Statement.Loop s -> {
                String word = s.kind().word();
                belongs(word(s.span(), word), word, "a `train`", home == Home.TRAIN, home, inScan);
                check(s.body(), switch (s.kind()) {
                    case STEP -> Home.STEP;
                    case VALIDATE -> Home.VALIDATE;
                    case TEST -> Home.TEST_LOOP;
                }, false);
            }
            case Statement.Training s -> {
                belongs(word(s.span(), "training"), "training", "a `test`", home.isTest(), home, inScan);
                check(s.body(), home, inScan);
            }
            case Statement.LocalFunction s -> check(s.function().body(), Home.FUNCTION, false);
            case Statement.ExpressionStatement s -> check(s.value(), home, inScan);
            case Statement.Invalid _ -> {}
        }
    }

    /// A statement up to the name it declares.
    private static Span head(Span statement, Identifier name) {
        return statement.file().span(statement.start(), name.span().end());
    }

    private static Span word(Span statement, String keyword) {
        return statement.file().span(statement.start(), statement.start() + keyword.length());
    }

    private void belongs(Span span, String keyword, String where, boolean fits, Home home, boolean inScan) {
        if (!fits || inScan) {
            String here = inScan && fits ? Home.SCAN.text : home.text;
            diagnostics.add(Diagnostic.of(
                    Code.MISPLACED_STATEMENT, span, "`" + keyword + "` stands in " + where + ", not in " + here)
                    .help(advice(keyword)));
        }
    }

    private static String advice(String keyword) {
        return switch (keyword) {
            case "param", "state" ->
                "weights and memory belong to a layer: put this into a `layer`, and use that one here";
            case "slot" -> "an optimizer remembers with `slot`, a layer with `state`";
            case "minimize" -> "what is minimized and how belongs to the `step` of a `train`";
            case "report" -> "the values of a run are reported in its `step`, `validate` and `test`";
            case "yield" -> "the value of any other body is its last expression: leave `yield` out";
            case "assert" -> "what must hold elsewhere is said by `require condition : \"message\"`";
            case "training" -> "in a `step` it is true anyway";
            default -> "move it to the body of a `train`";
        };
    }

    private void check(@org.jspecify.annotations.Nullable Expression expression, Home home, boolean inScan) {
        switch (expression) {
            case null -> {}
            case Expression.IntLiteral _, Expression.FloatLiteral _, Expression.BoolLiteral _ -> {}
            case Expression.StringTemplate _, Expression.Name _, Expression.Invalid _ -> {}
            case Expression.Tuple e -> check(e.elements(), home, inScan);
            case Expression.ListLiteral e -> check(e.elements(), home, inScan);
            case Expression.Lambda e -> check(e.body(), Home.LAMBDA, false);
            case Expression.If e -> {
                check(e.condition(), home, inScan);
                check(e.then(), home, inScan);
                if (e.otherwise() != null) {
                    check(e.otherwise(), home, inScan);
                }
            }
            case Expression.Scan e -> {
                check(e.source(), home, inScan);
                check(e.body(), home, true);
            }
            case Expression.Select e -> check(e.target(), home, inScan);
            case Expression.Call e -> {
                check(e.callee(), home, inScan);
                e.arguments().forEach(a -> check(a.value(), home, inScan));
            }
            case Expression.Slice e -> check(e.target(), home, inScan);
            case Expression.Unary e -> check(e.operand(), home, inScan);
            case Expression.Binary e -> {
                check(e.left(), home, inScan);
                check(e.right(), home, inScan);
            }
            case Expression.Range e -> {
                check(e.from(), home, inScan);
                check(e.to(), home, inScan);
            }
            case Expression.Pipe e -> {
                check(e.input(), home, inScan);
                check(e.target(), home, inScan);
            }
        }
    }

    private void check(List<Expression> expressions, Home home, boolean inScan) {
        expressions.forEach(e -> check(e, home, inScan));
    }
}
