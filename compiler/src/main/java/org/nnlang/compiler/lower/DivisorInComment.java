package org.nnlang.compiler.lower;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Edit;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Argument;
import org.nnlang.compiler.syntax.BinaryOperator;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Parser;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.compiler.syntax.SyntaxWalk;
import org.nnlang.compiler.type.Symbol;
import org.nnlang.runtime.tensor.DType;

/// Finds `n // 2`, which divides in other languages and is `n` with a remark here.
///
/// A remark may well be a number or a name, such as the size that a value has; so only what is told when compiling decides:
///
/// - what stands before the remark is a whole number, or a tensor of them, and names something: behind `val n = 3 // 4` stands what
///   was tried before;
/// - the remark is arithmetic and nothing else, of numbers and of names that are whole numbers here: so `// TODO` and `// hidden` are remarks;
/// - it is neither 0 nor 1, nor what the value is, nor a size that it has, which would be a remark on it: `shape(x)[0]  // b`.
final class DivisorInComment {
    private final Elaboration elaboration;

    DivisorInComment(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    /// Complains where what stands behind a value on its line reads as its divisor.
    void check(Expression expression, Value value, Scope scope) {
        Span remark = remark(expression);
        if (remark == null || !isWhole(value) || !namesSomething(expression)) {
            return;
        }
        String text = remark.text().substring(2).strip();
        Expression divisor = read(text);
        if (divisor == null || !isArithmetic(divisor, scope)) {
            return;
        }
        Value divided;
        try {
            divided = elaboration.expressions.evaluate(divisor, scope);
        } catch (ArithmeticException _) {
            return;
        }
        if (!isWhole(divided) || saysWhatItIs(divided, value)) {
            return;
        }
        Span shown = expression.span();
        elaboration.report(scope,
                Diagnostic.of(Code.OTHER_OPERATOR, remark, "`//` begins a comment, and divides nothing")
                        .also(shown, "this is the whole value")
                        .help(help(expression, divisor, text, remark)));
    }

    /// The comment behind an expression, or behind the parentheses around it; null where none follows on the line.
    private static @Nullable Span remark(Expression expression) {
        SourceFile file = expression.span().file();
        String text = file.text();
        int at = expression.span().end();
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t' || text.charAt(at) == ')')) {
            at++;
        }
        if (!text.startsWith("//", at) || text.startsWith("///", at)) {
            return null;
        }
        int line = file.line(at);
        int end = file.lineStart(line) + file.lineText(line).stripTrailing().length();
        return file.span(at, end);
    }

    private static boolean isWhole(Value value) {
        return value instanceof Value.IntValue
                || value instanceof Value.TensorValue tensor && (tensor.type().dtype() == DType.I32
                        || tensor.type().dtype() == DType.U8);
    }

    private static boolean namesSomething(Expression expression) {
        boolean[] found = {false};
        new SyntaxWalk() {
            @Override
            public void expression(Expression each) {
                found[0] |= each instanceof Expression.Name;
                super.expression(each);
            }
        }.expression(expression);
        return found[0];
    }

    /// A text as one expression; null where it is none.
    private static @Nullable Expression read(String text) {
        var entered = Parser.entry(new SourceFile("remark", text));
        Block block = entered.statements();
        return !entered.parsed().diagnostics().hasErrors()
                && block != null
                && block.statements().size() == 1
                && block.statements().getFirst() instanceof Statement.ExpressionStatement(Expression only)
                        ? only
                        : null;
    }

    /// Whether all of it is numbers, names of whole numbers, and arithmetic of them.
    private static boolean isArithmetic(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.IntLiteral _ -> true;
            case Expression.Name(String name, Span _) -> {
                Binding binding = scope.find(name);
                yield binding == null
                        ? scope.module().find(name) instanceof Symbol.Declared(var declaration, _)
                                && declaration instanceof org.nnlang.compiler.syntax.Declaration.Constant
                        : isWhole(binding.value());
            }
            case Expression.Binary binary ->
                switch (binary.operator()) {
                    case ADD, SUBTRACT, MULTIPLY, DIVIDE, REMAINDER, POWER ->
                        isArithmetic(binary.left(), scope) && isArithmetic(binary.right(), scope);
                    case MATMUL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL, AND, OR -> false;
                };
            case Expression.Call(Expression.Name(String name, Span _), List<Argument> arguments, Span _) ->
                name.equals("len") && scope.find(name) == null
                        && arguments.size() == 1
                        && arguments.getFirst().value() instanceof Expression.Name(String list, Span _)
                        && scope.find(list) != null;
            case Expression.FloatLiteral _, Expression.BoolLiteral _, Expression.StringTemplate _, Expression.Tuple _, Expression.ListLiteral _, Expression.Lambda _, Expression.If _, Expression.Scan _, Expression.Select _, Expression.Call _, Expression.Slice _, Expression.Unary _, Expression.Range _, Expression.Pipe _, Expression.Invalid _ ->
                false;
        };
    }

    /// Whether a remark tells a value, or one of its sizes; 0 and 1 divide nothing.
    private static boolean saysWhatItIs(Value remark, Value value) {
        if (!(remark instanceof Value.IntValue(Dim told, var _))) {
            return false;
        }
        if (told.isConstant() && Math.abs(told.constant()) <= 1) {
            return true;
        }
        return switch (value) {
            case Value.IntValue(Dim dim, var _) -> dim.equals(told);
            case Value.TensorValue tensor -> tensor.type().shape().dims().contains(told);
            case Value.FloatValue _, Value.Quotient _, Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.ListValue _, Value.TupleValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                false;
        };
    }

    /// Writes the quotient out where both sides are plain to see; `//` would bind as tightly as `*`.
    private static Help help(Expression expression, Expression divisor, String text, Span remark) {
        String words = "; a remark says more than a number";
        boolean alone = switch (divisor) {
            case Expression.IntLiteral _, Expression.Name _, Expression.Call _ -> true;
            default -> text.startsWith("(") && text.indexOf(')') == text.length() - 1;
        };
        Expression dividend = dividend(expression, remark);
        Span place = place(dividend, remark);
        if (!alone || place == null) {
            return Help.of("a whole quotient is `floor_divide(a, b)`" + words);
        }
        String plain = text.startsWith("(") ? text.substring(1, text.length() - 1) : text;
        String quotient = "floor_divide(" + dividend.span().text() + ", " + plain + ")";
        Fix fix = new Fix("write `" + quotient + "`", List.of(new Edit(place.to(remark), quotient)));
        return new Help("a whole quotient is `" + quotient + "`" + words, List.of(fix));
    }

    /// What `//` would divide: the last product of a sum that no parentheses enclose.
    private static Expression dividend(Expression expression, Span remark) {
        Expression last = expression;
        while (last instanceof Expression.Binary binary
                && (binary.operator() == BinaryOperator.ADD || binary.operator() == BinaryOperator.SUBTRACT)
                && between(binary, remark).isEmpty()) {
            last = binary.right();
        }
        return last;
    }

    /// Where an expression stands, with the parentheses around it; null where they hold more.
    private static @Nullable Span place(Expression expression, Span remark) {
        Span span = expression.span();
        int before = span.start() - 1;
        return switch (between(expression, remark)) {
            case "" -> span;
            case ")" -> before >= 0 && span.file().text().charAt(before) == '('
                    ? span.file().span(before, span.end() + 1)
                    : null;
            default -> null;
        };
    }

    /// What stands between an expression and the remark, without blanks.
    private static String between(Expression expression, Span remark) {
        return remark.file().text().substring(expression.span().end(), remark.start()).replaceAll("\\s", "");
    }
}
