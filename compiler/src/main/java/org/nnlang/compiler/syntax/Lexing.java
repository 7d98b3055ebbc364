package org.nnlang.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Edit;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.grammar.NnLexer;

/// The first stage of parsing: the text as words, every newline among them, comments apart. What is no word is
/// reported here, and mended where it is clear what was meant.
final class Lexing {
    private final SourceFile file;
    private final SyntaxErrors errors;
    private final List<CommonToken> tokens = new ArrayList<>();
    private final List<CommonToken> comments = new ArrayList<>();
    private final NavigableMap<Integer, String> documentation = new TreeMap<>();

    private Lexing(SourceFile file, SyntaxErrors errors) {
        this.file = file;
        this.errors = errors;
    }

    /// Tokens, the last of which is EOF; comments, those that document among them; and documentation by the offset where
    /// its last line ends.
    record Result(
            List<CommonToken> tokens, List<CommonToken> comments, NavigableMap<Integer, String> documentation) {}

    static Result read(SourceFile file, SyntaxErrors errors) {
        Lexing lexing = new Lexing(file, errors);
        lexing.run();
        return new Result(lexing.tokens, lexing.comments, lexing.documentation);
    }

    private void run() {
        String text = file.text();
        NnLexer lexer = new NnLexer(CharStreams.fromString(text, file.name()));
        lexer.removeErrorListeners();
        int[] offsets = utf16Offsets(text);
        StringBuilder doc = new StringBuilder();
        int docEnd = -1;
        for (Token next = lexer.nextToken();; next = lexer.nextToken()) {
            CommonToken token = (CommonToken) next;
            if (offsets.length > 0) {
                token.setText(token.getText());
                token.setStopIndex(offsets[token.getStopIndex() + 1] - 1);
                token.setStartIndex(offsets[token.getStartIndex()]);
            }
            if (token.getChannel() == NnLexer.DOCS || token.getChannel() == NnLexer.COMMENTS) {
                comments.add(token);
            }
            // Behind code it is a remark on that, not on what comes below.
            if (token.getChannel() == NnLexer.DOCS && isAtStartOfLine()) {
                int start = Tokens.start(token);
                boolean goesOn = docEnd >= 0 && file.line(start) == file.line(docEnd) + 1;
                if (!goesOn) {
                    doc.setLength(0);
                }
                doc.append(doc.isEmpty() ? "" : "\n").append(withoutSlashes(text.substring(start, Tokens.end(token))));
                docEnd = Tokens.end(token);
                documentation.put(docEnd, doc.toString());
            } else if (token.getChannel() == Token.DEFAULT_CHANNEL) {
                accept(token);
            }
            if (token.getType() == Token.EOF) {
                return;
            }
        }
    }

    private boolean isAtStartOfLine() {
        int last = tokens.size() - 1;
        while (last >= 0 && tokens.get(last).getType() == NnLexer.SEMI) {
            last--;
        }
        return last < 0 || tokens.get(last).getType() == NnLexer.NL;
    }

    private static String withoutSlashes(String line) {
        String text = line.substring(3);
        return (text.startsWith(" ") ? text.substring(1) : text).stripTrailing();
    }

    /// The UTF-16 offset of every code point, where the two differ; otherwise empty.
    private static int[] utf16Offsets(String text) {
        int count = text.codePointCount(0, text.length());
        if (count == text.length()) {
            return new int[0];
        }
        int[] offsets = new int[count + 1];
        for (int i = 0, at = 0; i < count; i++) {
            offsets[i] = at;
            at += Character.charCount(text.codePointAt(at));
        }
        offsets[count] = text.length();
        return offsets;
    }

    private void accept(CommonToken token) {
        switch (token.getType()) {
            case NnLexer.INT, NnLexer.FLOAT -> tokens.add(checkedNumber(token));
            case NnLexer.MALFORMED_NUMBER -> malformedNumber(token);
            case NnLexer.STARS -> otherOperator(token, NnLexer.CARET, "power is");
            case NnLexer.FAT_ARROW -> otherOperator(token, NnLexer.ARROW, "an arrow is");
            case NnLexer.STRICT_EQ -> otherOperator(token, NnLexer.EQ, "equality is");
            case NnLexer.STRICT_NE -> otherOperator(token, NnLexer.NE, "inequality is");
            case NnLexer.SWAPPED_BECOMES -> swappedBecomes(token);
            case NnLexer.COMPOUND -> compoundAssignment(token);
            case NnLexer.INCREMENT ->
                otherOperator(token, NnLexer.PLUS, Help.of("write `x = x + 1` for a step, or one `+`"));
            case NnLexer.HASH_COMMENT, NnLexer.BLOCK_COMMENT -> otherComment(token);
            case NnLexer.SINGLE_QUOTED, NnLexer.CURLED, NnLexer.TRIPLE_QUOTED -> otherString(token);
            case NnLexer.STR_BAD -> unknownEscape(token);
            case NnLexer.BAD -> stray(token);
            default -> tokens.add(token);
        }
    }

    private CommonToken checkedNumber(CommonToken token) {
        String digits = token.getText().replace("_", "");
        if (token.getType() == NnLexer.FLOAT ? Double.isInfinite(Double.parseDouble(digits)) : !fitsLong(digits)) {
            String limit = token.getType() == NnLexer.INT ? Long.toString(Long.MAX_VALUE) : "1.7976931348623157e308";
            errors.add(Diagnostic
                    .of(Code.NUMBER_TOO_LARGE, span(token), "the number `" + token.getText() + "` is too large")
                    .help("the largest is " + limit));
            return Tokens.make(token.getType(), "0", Tokens.start(token), Tokens.end(token));
        }
        return token;
    }

    private static boolean fitsLong(String digits) {
        try {
            return Long.parseLong(digits) >= 0;
        } catch (NumberFormatException _) {
            return false;
        }
    }

    private void malformedNumber(CommonToken token) {
        String text = token.getText();
        int digits = 0;
        while (digits < text.length() && (Character.isDigit(text.charAt(digits)) || text.charAt(digits) == '.')) {
            digits++;
        }
        String number = text.substring(0, digits);
        String rest = text.substring(digits);
        String lower = text.toLowerCase(Locale.ROOT);
        Diagnostic diagnostic = Diagnostic.of(Code.MALFORMED_NUMBER, span(token), "`" + text + "` is not a number");
        if (lower.startsWith("0x") || lower.startsWith("0b")) {
            diagnostic = diagnostic.help(decimal(token)
                    .map(value -> Help.write("numbers are decimal:", span(token), value, ""))
                    .orElse(Help.of("numbers are decimal")));
        } else if (rest.startsWith("_")) {
            diagnostic = diagnostic.help("`_` stands between digits: `1_000`");
        } else if (lower.matches("[0-9.]+e")) {
            diagnostic = diagnostic.help("an exponent needs digits: `" + number + "e-3`");
        } else if (lower.matches("[0-9.]+(f|f32|f64|l|d)")) {
            diagnostic = diagnostic.help(Help.write(
                    "a number has no suffix, it takes the dtype it is used with:", span(token), number, ""));
        } else {
            Help product = Help.write(
                    "for a product write", span(token), number + " * " + rest, "; a name begins with a letter");
            diagnostic = diagnostic.help(rest.matches("[a-zA-Z]\\w*") ? product : Help.of(product.text()));
        }
        errors.add(diagnostic);
        boolean isInt = fitsLong(number);
        tokens.add(Tokens.make(isInt ? NnLexer.INT : NnLexer.FLOAT, isInt ? number : "0.0", Tokens.start(token),
                Tokens.end(token)));
    }

    /// The value of a hexadecimal or binary number in decimal digits.
    private static Optional<String> decimal(CommonToken token) {
        String digits = token.getText().substring(2).replace("_", "");
        try {
            int radix = Character.toLowerCase(token.getText().charAt(1)) == 'x' ? 16 : 2;
            return Optional.of(Long.toString(Long.parseUnsignedLong(digits, radix))).filter(Lexing::fitsLong);
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /// @param before says what it is that is written otherwise here
    private void otherOperator(CommonToken token, int meant, String before) {
        otherOperator(token, meant, Help.write(before, span(token), Tokens.literal(meant), ""));
    }

    private void otherOperator(CommonToken token, int meant, Help help) {
        errors.add(Diagnostic.of(Code.OTHER_OPERATOR, span(token), "there is no operator `" + token.getText() + "`")
                .help(help));
        tokens.add(Tokens.retype(token, meant));
    }

    private void swappedBecomes(CommonToken token) {
        errors.add(Diagnostic.of(Code.WRONG_ASSIGNMENT, span(token), "there is no sign `=:`")
                .help(Help.write("a state is updated with", span(token), Tokens.literal(NnLexer.BECOMES), "")));
        tokens.add(Tokens.retype(token, NnLexer.BECOMES));
    }

    private void compoundAssignment(CommonToken token) {
        String operator = token.getText().substring(0, 1);
        Token target = tokens.isEmpty() ? token : tokens.getLast();
        boolean named = target.getType() == NnLexer.ID;
        String name = named ? target.getText() : "x";
        String assigned = "= " + name + " " + operator;
        String updated = ":= " + name + " " + operator;
        List<Fix> fixes = new ArrayList<>();
        int keyword = declaring(name);
        if (named && keyword != NnLexer.STATE && keyword != NnLexer.SLOT) {
            regrouped(token, assigned).ifPresent(fixes::add);
        }
        if (named && keyword != NnLexer.VAR) {
            regrouped(token, updated).ifPresent(fixes::add);
        }
        errors.add(Diagnostic.of(Code.OTHER_OPERATOR, span(token), "there is no operator `" + token.getText() + "`")
                .help(new Help("write `" + name + " " + assigned + " …` for a `var`, `" + name + " " + updated
                        + " …` for a state", fixes)));
        tokens.add(Tokens.retype(token, NnLexer.ASSIGN));
    }

    /// The keyword before the last declaration of a name above; otherwise EOF.
    private int declaring(String name) {
        for (int i = tokens.size() - 1; i > 0; i--) {
            int before = tokens.get(i - 1).getType();
            boolean declares = before == NnLexer.VAR || before == NnLexer.STATE || before == NnLexer.SLOT;
            if (declares && tokens.get(i).getText().equals(name)) {
                return before;
            }
        }
        return Token.EOF;
    }

    /// Writes `= x *` for `*=`, and what stands behind it, as it binds more tightly now, in parentheses. Nothing where that is
    /// more than brackets, names and numbers, or goes on below.
    private Optional<Fix> regrouped(CommonToken sign, String instead) {
        Fix bare = Fix.write(span(sign), instead);
        int line = file.line(Tokens.end(sign));
        String rest = file.lineText(line).substring(Tokens.end(sign) - file.lineStart(line));
        String value = rest.split("//|[;}]", 2)[0].strip();
        if (value.matches("[\\w.]+")) {
            return Optional.of(bare);
        }
        boolean plain =
                value.matches("[^\"'{]*[\\w)\\]]") && depth(value, '(', ')') == 0 && depth(value, '[', ']') == 0;
        int start = Tokens.end(sign) + rest.indexOf(value);
        return plain
                ? Optional.of(new Fix(bare.title(), List.of(
                        bare.edits().getFirst(),
                        new Edit(file.span(start, start), "("),
                        new Edit(file.span(start + value.length(), start + value.length()), ")"))))
                : Optional.empty();
    }

    /// How many more brackets open than close.
    private static long depth(String text, char opener, char closer) {
        return text.chars().filter(c -> c == opener).count() - text.chars().filter(c -> c == closer).count();
    }

    private void otherComment(CommonToken token) {
        String sign = token.getText().startsWith("#") ? "#" : "/*";
        Span place = file.span(Tokens.start(token), Tokens.start(token) + sign.length());
        Diagnostic diagnostic = Diagnostic.of(Code.OTHER_COMMENT, place, "`" + sign + "` does not begin a comment")
                .help("a comment begins with `//` and goes to the end of the line");
        if (sign.equals("#")) {
            diagnostic = diagnostic.fix(Fix.write(place, "//"));
        } else if (token.getText().endsWith("*/") && endsLine(token)) {
            Fix fix = new Fix("write `//` before each line", List.of(new Edit(span(token), withSlashes(token))));
            diagnostic = diagnostic.fix(fix);
        }
        errors.add(diagnostic);
    }

    /// Whether nothing but blanks stands behind a token on its last line.
    private boolean endsLine(Token token) {
        int end = Tokens.end(token);
        String line = file.lineText(file.line(end));
        return line.substring(Math.min(line.length(), end - file.lineStart(file.line(end)))).isBlank();
    }

    /// A comment in `/*` and `*/` as lines behind `//`, each where it stood.
    private String withSlashes(Token comment) {
        String inner = comment.getText().replaceFirst("^/\\*+", "").replaceFirst("\\*+/$", "");
        int line = file.line(Tokens.start(comment));
        String before = file.lineText(line).substring(0, Tokens.start(comment) - file.lineStart(line));
        String indentation = before.substring(0, before.length() - before.stripLeading().length());
        return inner.lines()
                .map(text -> text.strip().replaceFirst("^\\*+(?!\\S)", "").strip())
                .filter(text -> !text.isEmpty())
                .map(text -> "// " + text)
                .reduce((above, below) -> above + "\n" + indentation + below)
                .orElse("//");
    }

    private void otherString(CommonToken token) {
        String text = token.getText();
        int start = Tokens.start(token);
        int end = Tokens.end(token);
        if (token.getType() == NnLexer.TRIPLE_QUOTED) {
            String inner = text.substring(3, text.length() - 3);
            errors.add(Diagnostic.of(Code.UNCLOSED_STRING, span(token), "a string ends on the line where it begins")
                    .help("write `\\n` for a new line")
                    .fix(new Fix("write it on one line", List.of(new Edit(span(token), quoted(inner))))));
        } else {
            String inner = text.substring(1, text.length() - 1);
            boolean curled = token.getType() == NnLexer.CURLED;
            errors.add(Diagnostic.of(
                    curled ? Code.TYPOGRAPHIC_CHARACTER : Code.OTHER_LANGUAGE,
                    span(token),
                    curled ? "these quotation marks are typographic ones" : "a string stands in double quotation marks")
                    .help(Help.write(
                            span(token),
                            curled ? quoted(inner) : quoted(inner).replaceAll("(?<!\\\\)\\$", "\\\\\\$"))));
        }
        int quotes = token.getType() == NnLexer.TRIPLE_QUOTED ? 3 : 1;
        tokens.add(Tokens.make(NnLexer.QUOTE, "\"", start, start + quotes));
        if (end - start > 2 * quotes) {
            String inner = text.substring(quotes, text.length() - quotes);
            tokens.add(Tokens.make(NnLexer.STR_TEXT, inner, start + quotes, end - quotes));
        }
        tokens.add(Tokens.make(NnLexer.STR_END, "\"", end - quotes, end));
    }

    /// A text of another kind of string in double quotation marks.
    private static String quoted(String inner) {
        return '"' + inner.replace("\\'", "'")
                .replaceAll("\\\\(?![ntr\"\\\\$u])", "\\\\\\\\")
                .replaceAll("(?<!\\\\)\"", "\\\\\"")
                .replaceAll("\\R", "\\\\n") + '"';
    }

    private void unknownEscape(CommonToken token) {
        String text = token.getText();
        Diagnostic diagnostic = text.equals("\\u")
                ? Diagnostic.of(Code.UNKNOWN_ESCAPE, span(token), "`\\u` needs four hexadecimal digits")
                        .help("for example `\\u00e9`")
                : Diagnostic.of(Code.UNKNOWN_ESCAPE, span(token), "there is no escape `" + text + "`")
                        .help("there are `\\n`, `\\t`, `\\r`, `\\\"`, `\\\\`, `\\$` and `\\u00e9`; a backslash is `\\\\`")
                        .fix(Fix.write(span(token), "\\" + text));
        errors.add(diagnostic);
        tokens.add(Tokens.make(NnLexer.STR_TEXT, text, Tokens.start(token), Tokens.end(token)));
    }

    private static final Map<String, Integer> SINGLE = Map.of("&", NnLexer.AND, "|", NnLexer.OR);

    private void stray(CommonToken token) {
        String text = token.getText();
        Integer typographic = Tokens.TYPOGRAPHIC.get(text);
        Integer doubled = SINGLE.get(text);
        if (typographic != null) {
            String plain = Tokens.literal(typographic);
            errors.add(Diagnostic.of(Code.TYPOGRAPHIC_CHARACTER, span(token), "`" + text + "` is not an operator")
                    .help(Help.write(span(token), plain)));
            tokens.add(Tokens.retype(token, typographic));
        } else if (doubled != null) {
            otherOperator(token, doubled, Help.write(span(token), text + text));
        } else {
            errors.unreadable(strayCharacter(text, span(token)));
        }
    }

    private static Diagnostic strayCharacter(String text, Span span) {
        int power = "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(text);
        Diagnostic diagnostic = Diagnostic.of(Code.STRAY_CHARACTER, span,
                "the character " + named(text) + " means nothing here");
        if (power >= 0) {
            return diagnostic.help(Help.write(span, "^" + power));
        }
        return switch (text) {
            case "ᵀ" -> diagnostic.help("write `transpose(…)`");
            case "?" -> diagnostic.help("a choice is written `if condition { a } else { b }`");
            case "\"", "'", "“", "”", "‘", "’" -> diagnostic.help("a string stands in double quotation marks: `\"…\"`");
            case "√" -> diagnostic.help("write `sqrt(…)`");
            default -> diagnostic;
        };
    }

    private static String named(String text) {
        int point = text.codePointAt(0);
        boolean visible = Character.isDefined(point)
                && switch (Character.getType(point)) {
                    case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.SPACE_SEPARATOR -> false;
                    case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.PRIVATE_USE -> false;
                    default -> true;
                };
        return visible ? "`" + text + "`" : "U+" + String.format(Locale.ROOT, "%04X", point);
    }

    private Span span(Token token) {
        return Tokens.span(file, token);
    }
}
