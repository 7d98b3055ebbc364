package org.nnlang.compiler.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Reads one line of IR text from left to right; blanks between words are skipped.
final class IrScanner {
    private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_.#$']*");
    private static final Pattern REFERENCE = Pattern.compile("%[A-Za-z0-9_]+");
    private static final Pattern MEANING = Pattern.compile("@[0-9]+");
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");
    private static final Pattern NUMBER = Pattern
            .compile("true|false|NaN|-?Infinity|-?[0-9]+(\\.[0-9]*)?([eE][-+]?[0-9]+)?");

    private final String line;
    private int position;

    IrScanner(String line) {
        this.line = line;
        skipBlanks();
    }

    private void skipBlanks() {
        while (position < line.length() && Character.isWhitespace(line.charAt(position))) {
            position++;
        }
    }

    boolean atEnd() {
        return position == line.length();
    }

    boolean at(String text) {
        return line.startsWith(text, position);
    }

    boolean take(String text) {
        if (!at(text)) {
            return false;
        }
        position += text.length();
        skipBlanks();
        return true;
    }

    void expect(String text) {
        if (!take(text)) {
            throw expected("`" + text + "`");
        }
    }

    void expectEnd() {
        if (!atEnd()) {
            throw expected("the end of the line");
        }
    }

    private IrException expected(String what) {
        return new IrException("expected " + what + " at `" + line.substring(position) + "`");
    }

    private String match(Pattern pattern, String what) {
        var matcher = pattern.matcher(line).region(position, line.length());
        if (!matcher.lookingAt()) {
            throw expected(what);
        }
        position = matcher.end();
        skipBlanks();
        return matcher.group();
    }

    String word() {
        return match(WORD, "a word");
    }

    String reference() {
        return match(REFERENCE, "a node");
    }

    String meaning() {
        return match(MEANING, "a meaning");
    }

    /// All that is left.
    String rest() {
        var text = line.substring(position);
        position = line.length();
        return text;
    }

    long integer() {
        return Long.parseLong(match(INTEGER, "a whole number"));
    }

    /// A bool reads as 0 or 1.
    double number() {
        var number = match(NUMBER, "a number");
        return switch (number) {
            case "true" -> 1;
            case "false" -> 0;
            default -> Double.parseDouble(number);
        };
    }

    /// All before `end`, which is left.
    String until(String end) {
        int to = line.indexOf(end, position);
        if (to < 0) {
            throw expected("`" + end + "`");
        }
        var text = line.substring(position, to).strip();
        position = to;
        return text;
    }

    /// Between quotes.
    String string() {
        expectQuote();
        var text = new StringBuilder();
        while (position < line.length() && line.charAt(position) != '"') {
            char c = line.charAt(position++);
            if (c == '\\' && position < line.length()) {
                char escaped = line.charAt(position++);
                c = escaped == 'n' ? '\n' : escaped;
            }
            text.append(c);
        }
        expect("\"");
        return text.toString();
    }

    /// Blanks after an opening quote belong to the string.
    private void expectQuote() {
        if (!at("\"")) {
            throw expected("a string");
        }
        position++;
    }

    List<Integer> integers() {
        return list(in -> Math.toIntExact(in.integer()));
    }

    <T> List<T> list(Function<IrScanner, T> item) {
        var items = new ArrayList<T>();
        expect("[");
        while (!take("]")) {
            items.add(item.apply(this));
            if (!at("]")) {
                expect(",");
            }
        }
        return items;
    }

    /// A sum of products of whole numbers, fractions and symbols, as [Dim#toString] writes it.
    Dim dim() {
        var sum = take("-") ? product().negate() : product();
        while (true) {
            if (take("+")) {
                sum = sum.plus(product());
            } else if (take("-")) {
                sum = sum.minus(product());
            } else {
                return sum;
            }
        }
    }

    private Dim product() {
        var product = factor();
        while (true) {
            if (take("*")) {
                product = product.times(factor());
            } else if (take("/")) {
                product = product.dividedBy(Dim.of(integer())).orElseThrow(() -> expected("a divisor"));
            } else {
                return product;
            }
        }
    }

    private Dim factor() {
        if (!atEnd() && Character.isDigit(line.charAt(position))) {
            return Dim.of(integer());
        }
        var base = Dim.symbol(word());
        var power = base;
        for (long exponent = take("^") ? integer() : 1; exponent > 1; exponent--) {
            power = power.times(base);
        }
        return power;
    }
}
