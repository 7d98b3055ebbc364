package org.nnlang.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
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
            case NnLexer.STARS -> otherOperator(token, NnLexer.CARET, "power is `^`");
            case NnLexer.FAT_ARROW -> otherOperator(token, NnLexer.ARROW, "an arrow is `->`");
            case NnLexer.STRICT_EQ -> otherOperator(token, NnLexer.EQ, "equality is `==`");
            case NnLexer.STRICT_NE -> otherOperator(token, NnLexer.NE, "inequality is `!=`");
            case NnLexer.SWAPPED_BECOMES -> swappedBecomes(token);
            case NnLexer.COMPOUND -> compoundAssignment(token);
            case NnLexer.INCREMENT -> otherOperator(token, NnLexer.PLUS, "write `x = x + 1` for a step, or one `+`");
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
            diagnostic = diagnostic.help("numbers are decimal");
        } else if (rest.startsWith("_")) {
            diagnostic = diagnostic.help("`_` stands between digits: `1_000`");
        } else if (lower.matches("[0-9.]+e")) {
            diagnostic = diagnostic.help("an exponent needs digits: `" + number + "e-3`");
        } else if (lower.matches("[0-9.]+(f|f32|f64|l|d)")) {
            diagnostic = diagnostic
                    .help("a number has no suffix, it takes the dtype it is used with: `" + number + "`");
        } else {
            diagnostic = diagnostic
                    .help("for a product write `" + number + " * " + rest + "`; a name begins with a letter");
        }
        errors.add(diagnostic);
        boolean isInt = fitsLong(number);
        tokens.add(Tokens.make(isInt ? NnLexer.INT : NnLexer.FLOAT, isInt ? number : "0.0", Tokens.start(token),
                Tokens.end(token)));
    }

    private void otherOperator(CommonToken token, int meant, String help) {
        errors.add(Diagnostic.of(Code.OTHER_OPERATOR, span(token), "there is no operator `" + token.getText() + "`")
                .help(help));
        tokens.add(Tokens.retype(token, meant));
    }

    private void swappedBecomes(CommonToken token) {
        errors.add(Diagnostic.of(Code.WRONG_ASSIGNMENT, span(token), "there is no sign `=:`")
                .help("a state is updated with `:=`"));
        tokens.add(Tokens.retype(token, NnLexer.BECOMES));
    }

    private void compoundAssignment(CommonToken token) {
        String operator = token.getText().substring(0, 1);
        Token target = tokens.isEmpty() ? token : tokens.getLast();
        String name = target.getType() == NnLexer.ID ? target.getText() : "x";
        errors.add(Diagnostic.of(Code.OTHER_OPERATOR, span(token), "there is no operator `" + token.getText() + "`")
                .help("write `" + name + " = " + name + " " + operator + " …` for a `var`, `" + name + " := " + name
                        + " "
                        + operator + " …` for a state"));
        tokens.add(Tokens.retype(token, NnLexer.ASSIGN));
    }

    private void otherComment(CommonToken token) {
        String sign = token.getText().startsWith("#") ? "#" : "/*";
        Span place = file.span(Tokens.start(token), Tokens.start(token) + sign.length());
        errors.add(Diagnostic.of(Code.OTHER_COMMENT, place, "`" + sign + "` does not begin a comment")
                .help("a comment begins with `//` and goes to the end of the line"));
    }

    private void otherString(CommonToken token) {
        String text = token.getText();
        int start = Tokens.start(token);
        int end = Tokens.end(token);
        if (token.getType() == NnLexer.TRIPLE_QUOTED) {
            errors.add(Diagnostic.of(Code.UNCLOSED_STRING, span(token), "a string ends on the line where it begins")
                    .help("write `\\n` for a new line"));
        } else {
            String inner = text.substring(1, text.length() - 1);
            boolean curled = token.getType() == NnLexer.CURLED;
            errors.add(Diagnostic.of(
                    curled ? Code.TYPOGRAPHIC_CHARACTER : Code.OTHER_LANGUAGE,
                    span(token),
                    curled ? "these quotation marks are typographic ones" : "a string stands in double quotation marks")
                    .help("write `\"" + inner + "\"`"));
        }
        int quotes = token.getType() == NnLexer.TRIPLE_QUOTED ? 3 : 1;
        tokens.add(Tokens.make(NnLexer.QUOTE, "\"", start, start + quotes));
        if (end - start > 2 * quotes) {
            String inner = text.substring(quotes, text.length() - quotes);
            tokens.add(Tokens.make(NnLexer.STR_TEXT, inner, start + quotes, end - quotes));
        }
        tokens.add(Tokens.make(NnLexer.STR_END, "\"", end - quotes, end));
    }

    private void unknownEscape(CommonToken token) {
        String text = token.getText();
        Diagnostic diagnostic = text.equals("\\u")
                ? Diagnostic.of(Code.UNKNOWN_ESCAPE, span(token), "`\\u` needs four hexadecimal digits")
                        .help("for example `\\u00e9`")
                : Diagnostic.of(Code.UNKNOWN_ESCAPE, span(token), "there is no escape `" + text + "`")
                        .help("there are `\\n`, `\\t`, `\\r`, `\\\"`, `\\\\`, `\\$` and `\\u00e9`; a backslash is `\\\\`");
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
                    .help("write `" + plain + "`"));
            tokens.add(Tokens.retype(token, typographic));
        } else if (doubled != null) {
            otherOperator(token, doubled, "write `" + text + text + "`");
        } else {
            errors.unreadable(strayCharacter(text, span(token)));
        }
    }

    private static Diagnostic strayCharacter(String text, Span span) {
        int power = "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(text);
        Diagnostic diagnostic = Diagnostic.of(Code.STRAY_CHARACTER, span,
                "the character " + named(text) + " means nothing here");
        if (power >= 0) {
            return diagnostic.help("write `^" + power + "`");
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
