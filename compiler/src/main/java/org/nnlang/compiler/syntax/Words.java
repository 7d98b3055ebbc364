package org.nnlang.compiler.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.grammar.NnLexer;

/// A text that is being written: its words, for colours and suggestions, and whether it can be complete.
public final class Words {
    /// What suggests itself as the beginning of something.
    public static final List<String> KEYWORDS = List.of(
            "fun", "val", "var", "if", "else", "for", "true", "false", "scan", "yield", "require", "assert", "minimize",
            "import", "layer", "model", "optimizer", "train", "test", "param", "state", "step", "validate", "report",
            "with", "over", "along");

    private static final Set<String> RESERVED = IntStream.rangeClosed(0, NnLexer.VOCABULARY.getMaxTokenType())
            .filter(Tokens::isReserved).mapToObj(Tokens::literal).collect(Collectors.toUnmodifiableSet());

    private final List<Word> words;
    private final List<CommonToken> tokens;
    private final TokenLines lines;

    /// What a word is.
    public enum Kind {
        KEYWORD,
        NAME,
        NUMBER,
        STRING,
        OPERATOR,
        COMMENT,
        UNREADABLE
    }

    /// A word of a text, from `start` (inclusive) to `end` (exclusive).
    public record Word(Kind kind, int start, int end) {
        /// The word in the text that it was read from.
        public String text(String text) {
            return text.substring(start, end);
        }
    }

    private Words(List<Word> words, List<CommonToken> tokens, TokenLines lines) {
        this.words = words;
        this.tokens = tokens;
        this.lines = lines;
    }

    /// The words of `text`, by the lexer that reads programs.
    public static Words of(String text) {
        var words = new ArrayList<Word>();
        NnLexer lexer = new NnLexer(CharStreams.fromString(text));
        lexer.removeErrorListeners();
        int at = 0;
        int point = 0;
        for (Token token = lexer.nextToken(); token.getType() != Token.EOF; token = lexer.nextToken()) {
            int start = text.offsetByCodePoints(at, token.getStartIndex() - point);
            int end = text.offsetByCodePoints(start, token.getStopIndex() + 1 - token.getStartIndex());
            at = start;
            point = token.getStartIndex();
            if (token.getType() != NnLexer.NL) {
                words.add(new Word(kind(token), start, end));
            }
        }
        SourceFile file = new SourceFile("", text);
        List<CommonToken> tokens = Lexing.read(file, new SyntaxErrors(file)).tokens();
        return new Words(List.copyOf(words), tokens, new TokenLines(file, tokens));
    }

    /// The words in their order.
    public List<Word> all() {
        return words;
    }

    /// The names, and how often each stands there.
    public Map<String, Long> names() {
        return tokens.stream()
                .filter(token -> Tokens.isName(token.getType()) || token.getType() == NnLexer.STR_NAME)
                .map(token -> token.getText().replace("$", ""))
                .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    }

    /// Whether no name is written like this: a keyword in every place.
    public static boolean isReserved(String word) {
        return RESERVED.contains(word);
    }

    private static Kind kind(Token token) {
        int type = token.getType();
        if (token.getChannel() == NnLexer.COMMENTS || token.getChannel() == NnLexer.DOCS) {
            return Kind.COMMENT;
        }
        if (Tokens.isReserved(type)) {
            return Kind.KEYWORD;
        }
        return switch (type) {
            case NnLexer.LAYER, NnLexer.MODEL, NnLexer.OPTIMIZER, NnLexer.TRAIN, NnLexer.TEST, NnLexer.PRIVATE,
                    NnLexer.PARAM, NnLexer.STATE, NnLexer.SLOT, NnLexer.STEP, NnLexer.VALIDATE, NnLexer.TRAINING,
                    NnLexer.IN, NnLexer.ALONG, NnLexer.WITH, NnLexer.OVER, NnLexer.AS, NnLexer.CLIP, NnLexer.EVERY ->
                Kind.KEYWORD;
            case NnLexer.ID -> Kind.NAME;
            case NnLexer.INT, NnLexer.FLOAT -> Kind.NUMBER;
            case NnLexer.QUOTE, NnLexer.STR_END, NnLexer.STR_OPEN, NnLexer.STR_NAME, NnLexer.STR_ESCAPE,
                    NnLexer.STR_TEXT, NnLexer.STR_NL ->
                Kind.STRING;
            case NnLexer.STR_BAD, NnLexer.BAD, NnLexer.HASH_COMMENT, NnLexer.BLOCK_COMMENT, NnLexer.SINGLE_QUOTED,
                    NnLexer.CURLED, NnLexer.TRIPLE_QUOTED, NnLexer.MALFORMED_NUMBER ->
                Kind.UNREADABLE;
            default -> Kind.OPERATOR;
        };
    }

    /// Whether nothing has to follow: every bracket is closed, the last sign needs no value to its right, and a
    /// declaration that was begun has its body.
    public boolean isComplete() {
        Deque<Integer> open = new ArrayDeque<>();
        boolean head = false;
        boolean annotated = false;
        int last = Token.EOF;
        for (int i = 0; i < tokens.size(); i++) {
            int type = tokens.get(i).getType();
            if (type == NnLexer.NL || type == NnLexer.STR_NL || type == Token.EOF) {
                // A string ends on its line, and what was opened in it.
                while (open.contains(NnLexer.QUOTE)) {
                    open.pop();
                }
                continue;
            }
            if (open.isEmpty()) {
                if (lines.isFirstOnLine(i) && lines.beginsDeclaration(i)) {
                    annotated = type == NnLexer.AT;
                    head = type != NnLexer.IMPORT && !annotated;
                } else if (head && (type == NnLexer.ASSIGN || type == NnLexer.LBRACE)) {
                    head = false;
                }
            }
            if (Tokens.isOpener(type)) {
                open.push(type);
            } else if (Tokens.isCloser(type)) {
                open.poll();
            }
            last = type;
        }
        boolean documented = tokens.size() <= 1 && words.stream().anyMatch(word -> word.kind() == Kind.COMMENT);
        return open.isEmpty() && !head && !annotated && !Tokens.needsMore(last) && !documented;
    }

    /// Whether `line` goes on a text above it that could be complete: it begins with what cannot begin a statement.
    public static boolean goesOn(String line) {
        SourceFile file = new SourceFile("", line);
        List<CommonToken> tokens = Lexing.read(file, new SyntaxErrors(file)).tokens();
        if (tokens.isEmpty()) {
            return false;
        }
        int next = tokens.size() > 1 ? tokens.get(1).getType() : Token.EOF;
        return switch (tokens.getFirst().getType()) {
            case NnLexer.PIPE, NnLexer.DOT, NnLexer.ELSE, NnLexer.RBRACE, NnLexer.ARROW -> true;
            // Anywhere but behind a `minimize` these are names.
            case NnLexer.WITH, NnLexer.OVER, NnLexer.CLIP -> Tokens.isName(next);
            case NnLexer.EVERY -> next == NnLexer.INT || Tokens.isName(next);
            default -> false;
        };
    }
}
