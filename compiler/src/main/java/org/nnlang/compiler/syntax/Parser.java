package org.nnlang.compiler.syntax;

import java.util.List;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.grammar.NnParser;

/// Reads a file: words ([Lexing]), those of other languages replaced ([ForeignWords]), brackets matched ([Brackets]),
/// lines laid out ([Layout]), parsed by the grammar with [Recovery] from mistakes that [ParseErrors] explains, made into
/// a tree ([TreeBuilder]) in which every statement must stand where it means something ([Placement]).
public final class Parser {
    /// No program has more brackets open at once: what walks the tree may recurse.
    static final int DEEPEST = 200;

    private Parser() {}

    /// Reads all of `file`. It always returns a tree, of all that could be read.
    public static Parsed parse(SourceFile file) {
        SyntaxErrors errors = new SyntaxErrors(file);
        Module module;
        try {
            module = parse(file, errors);
        } catch (StackOverflowError _) {
            // a chain of thousands of signs or powers: nothing a person writes
            errors.add(Diagnostic.of(Code.NESTED_TOO_DEEPLY, file.span(0, 0),
                    "this file is nested too deeply to be read"));
            module = new Module(file, List.of(), List.of());
        }
        return new Parsed(module, errors.withoutConsequences());
    }

    private static Module parse(SourceFile file, SyntaxErrors errors) {
        Lexing.Result lexed = Lexing.read(file, errors);
        List<CommonToken> words = ForeignWords.mend(lexed.tokens(), errors);
        TokenSequence tokens = new TokenSequence(Layout.arrange(Brackets.balance(words, errors)));
        if (tokens.depth() > DEEPEST) {
            Span deepest = Tokens.span(file, tokens.openerAtDepth(DEEPEST + 1));
            errors.add(Diagnostic.of(
                    Code.NESTED_TOO_DEEPLY, deepest, "more than " + DEEPEST + " brackets are open at once here")
                    .help("split the expression over several `val`s"));
            return new Module(file, List.of(), List.of());
        }
        NnParser parser = new NnParser(new CommonTokenStream(new ListTokenSource(tokens.tokens())));
        parser.removeErrorListeners();
        parser.setErrorHandler(new Recovery(tokens, new ParseErrors(tokens, errors)));
        Module module = new TreeBuilder(errors, tokens, lexed.documentation()).module(parser.file());
        Placement.check(module, errors.diagnostics());
        return module;
    }
}
