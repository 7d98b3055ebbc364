package org.nnlang.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.grammar.NnLexer;
import org.nnlang.grammar.NnParser;
import org.nnlang.grammar.NnParser.FileContext;

/// Reads a file: words ([Lexing]), those of other languages replaced ([ForeignWords]), brackets matched ([Brackets]),
/// lines laid out ([Layout]), parsed by the grammar with [Recovery] from mistakes that [ParseErrors] explains, made into
/// a tree ([TreeBuilder]) in which every statement must stand where it means something ([Placement]).
public final class Parser {
    /// No program has more brackets open at once: what walks the tree may recurse.
    static final int DEEPEST = 200;

    private Parser() {}

    /// Reads all of `file`. It always returns a tree, of all that could be read.
    public static Parsed parse(SourceFile file) {
        return read(file).parsed();
    }

    /// A file that was read, and what it was read from.
    ///
    /// @param words what is written
    /// @param tokens what is read of it
    /// @param tree null where it is nested too deeply
    record Reading(Parsed parsed, Lexing.Result words, TokenSequence tokens, @Nullable FileContext tree) {}

    static Reading read(SourceFile file) {
        SyntaxErrors errors = new SyntaxErrors(file);
        Lexing.Result words = Lexing.read(file, errors);
        TokenSequence tokens = tokens(words, errors);
        FileContext tree = null;
        Module module;
        try {
            tree = tree(tokens, errors);
            module = module(words, tokens, tree, errors);
            Placement.check(module, errors.diagnostics());
        } catch (StackOverflowError _) {
            // a chain of thousands of signs or powers: nothing a person writes
            errors.add(Diagnostic.of(Code.NESTED_TOO_DEEPLY, file.span(0, 0),
                    "this file is nested too deeply to be read"));
            module = new Module(file, List.of(), List.of());
        }
        return new Reading(new Parsed(module, errors.withoutConsequences()), words, tokens, tree);
    }

    /// Reads what was entered in a session: declarations as in a file, or the statements of a body.
    public static Entered entry(SourceFile file) {
        List<CommonToken> tokens = new ArrayList<>(Lexing.read(file, new SyntaxErrors(file)).tokens());
        tokens.removeIf(token -> token.getType() == NnLexer.NL);
        if (tokens.size() < 2 || new TokenLines(file, tokens).beginsDeclaration(0)) {
            return new Entered(parse(file), null);
        }
        SyntaxErrors errors = new SyntaxErrors(file);
        Block block = new Block(List.of(), file.whole());
        try {
            Lexing.Result words = Lexing.read(file, errors);
            TokenSequence entered = tokens(words, errors, Parser::inBody);
            Module module = module(words, entered, tree(entered, errors), errors);
            if (module.declarations().size() == 1
                    && module.declarations().getFirst() instanceof Declaration.Test body) {
                block = body.body();
                Placement.check(block, errors.diagnostics());
            }
        } catch (StackOverflowError _) {
            errors.add(Diagnostic.of(Code.NESTED_TOO_DEEPLY, file.span(0, 0),
                    "this is nested too deeply to be read"));
        }
        Module none = new Module(file, List.of(), List.of());
        return new Entered(new Parsed(none, errors.withoutConsequences()), block);
    }

    /// Statements as the body of a `test`, where all of them may stand that can be carried out alone.
    private static List<CommonToken> inBody(List<CommonToken> words) {
        CommonToken end = words.getLast();
        int last = Tokens.start(end);
        List<CommonToken> all = new ArrayList<>(List.of(
                Tokens.make(NnLexer.TEST, "test", 0, 0),
                Tokens.make(NnLexer.QUOTE, "\"", 0, 0),
                Tokens.make(NnLexer.STR_END, "\"", 0, 0),
                Tokens.make(NnLexer.LBRACE, "{", 0, 0)));
        all.addAll(words.subList(0, words.size() - 1));
        all.add(Tokens.make(NnLexer.RBRACE, "}", last, last));
        all.add(end);
        return all;
    }

    /// What the grammar reads of words.
    static TokenSequence tokens(Lexing.Result words, SyntaxErrors errors) {
        return tokens(words, errors, UnaryOperator.identity());
    }

    /// @param place what to put the words into
    private static TokenSequence tokens(
            Lexing.Result words, SyntaxErrors errors, UnaryOperator<List<CommonToken>> place) {
        List<CommonToken> mended = ForeignWords.mend(words.tokens(), errors);
        return new TokenSequence(Layout.arrange(place.apply(Brackets.balance(mended, errors))));
    }

    /// The tree of the grammar; null where it would be too deep.
    private static @Nullable FileContext tree(TokenSequence tokens, SyntaxErrors errors) {
        if (tokens.depth() > DEEPEST) {
            Span deepest = Tokens.span(errors.file(), tokens.openerAtDepth(DEEPEST + 1));
            errors.add(Diagnostic.of(
                    Code.NESTED_TOO_DEEPLY, deepest, "more than " + DEEPEST + " brackets are open at once here")
                    .help("split the expression over several `val`s"));
            return null;
        }
        NnParser parser = new NnParser(new CommonTokenStream(new ListTokenSource(tokens.tokens())));
        parser.removeErrorListeners();
        parser.setErrorHandler(new Recovery(tokens, new ParseErrors(tokens, errors)));
        return parser.file();
    }

    private static Module module(
            Lexing.Result words, TokenSequence tokens, @Nullable FileContext tree, SyntaxErrors errors) {
        return tree == null
                ? new Module(errors.file(), List.of(), List.of())
                : new TreeBuilder(errors, tokens, words.documentation()).module(tree);
    }
}
