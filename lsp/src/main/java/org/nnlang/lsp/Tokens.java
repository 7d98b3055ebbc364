package org.nnlang.lsp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.SemanticTokenModifiers;
import org.eclipse.lsp4j.SemanticTokenTypes;
import org.eclipse.lsp4j.SemanticTokens;
import org.eclipse.lsp4j.SemanticTokensLegend;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Words;
import org.nnlang.compiler.type.Resolutions;

/// The words of a text and what they are: from the lexer, and names from what they refer to.
final class Tokens {
    private static final List<String> TYPES = List.of(
            SemanticTokenTypes.Keyword, SemanticTokenTypes.Number, SemanticTokenTypes.String,
            SemanticTokenTypes.Comment,
            SemanticTokenTypes.Operator, SemanticTokenTypes.Namespace, SemanticTokenTypes.Class,
            SemanticTokenTypes.Function, SemanticTokenTypes.Parameter, SemanticTokenTypes.TypeParameter,
            SemanticTokenTypes.Variable, SemanticTokenTypes.Property, SemanticTokenTypes.Type);
    private static final List<String> MODIFIERS = List.of(
            SemanticTokenModifiers.Declaration, SemanticTokenModifiers.Readonly, SemanticTokenModifiers.DefaultLibrary);

    static final SemanticTokensLegend LEGEND = new SemanticTokensLegend(TYPES, MODIFIERS);

    /// What can follow a keyword: the signs that a value or a body begins with.
    private static final Set<String> BEGINNINGS = Set.of("{", "(", "[", "-", "!");

    private final Snapshot snapshot;
    private final SourceFile file;
    private final List<Integer> data = new ArrayList<>();
    private int line;
    private int column;

    private Tokens(Snapshot snapshot) {
        this.snapshot = snapshot;
        this.file = snapshot.file();
    }

    static SemanticTokens of(Snapshot snapshot) {
        var tokens = new Tokens(snapshot);
        var uses = new HashMap<Integer, Resolutions.Use>();
        for (Resolutions.Use use : snapshot.survey().resolutions().uses()) {
            if (use.at().file() == tokens.file) {
                uses.put(use.at().start(), use);
            }
        }
        List<Words.Word> words = Words.of(tokens.file.text()).all();
        for (int i = 0; i < words.size(); i++) {
            Words.Word word = words.get(i);
            tokens.word(word, i + 1 < words.size() ? words.get(i + 1) : null, uses.get(word.start()));
        }
        return new SemanticTokens(tokens.data);
    }

    private void word(Words.Word word, Words.@Nullable Word next, Resolutions.@Nullable Use use) {
        Span span = file.span(word.start(), word.end());
        switch (word.kind()) {
            case KEYWORD -> {
                if (use == null && !isName(word, next)) {
                    add(span, SemanticTokenTypes.Keyword);
                } else {
                    named(span, use);
                }
            }
            case NUMBER -> add(span, SemanticTokenTypes.Number);
            case STRING -> {
                if (use == null) {
                    add(span, SemanticTokenTypes.String);
                } else {
                    name(span, use, SemanticTokenTypes.String);
                }
            }
            case COMMENT -> add(span, SemanticTokenTypes.Comment);
            case OPERATOR -> add(span, SemanticTokenTypes.Operator);
            case UNREADABLE -> {}
            case NAME -> named(span, use);
        }
    }

    /// Whether a word that is a keyword in its place stands elsewhere: behind a dot, or before what needs a value to its left.
    private boolean isName(Words.Word word, Words.@Nullable Word next) {
        if (isMember(word.start())) {
            return true;
        }
        return !Words.isReserved(word.text(file.text())) && next != null && next.kind() == Words.Kind.OPERATOR
                && !BEGINNINGS.contains(next.text(file.text()));
    }

    private boolean isMember(int start) {
        String before = file.text().substring(Math.max(0, start - 2), start);
        return before.endsWith(".") && !before.equals("..");
    }

    private void named(Span span, Resolutions.@Nullable Use use) {
        if (use != null) {
            name(span, use, SemanticTokenTypes.Namespace);
        } else if (snapshot.survey().types().arguments().containsKey(span)) {
            add(span, SemanticTokenTypes.Parameter);
        } else if (isMember(span.start())) {
            add(span, SemanticTokenTypes.Property);
        }
    }

    /// @param module what the name of a file is
    private void name(Span span, Resolutions.Use use, String module) {
        String type = switch (use.kind()) {
            case PARAMETER, UPDATED -> SemanticTokenTypes.Parameter;
            case DIMENSION -> SemanticTokenTypes.TypeParameter;
            case VAL, VAR, LOOP, CONSTANT, WORD -> SemanticTokenTypes.Variable;
            case PARAM, STATE, SLOT -> SemanticTokenTypes.Property;
            case LOCAL_FUNCTION, FUNCTION, TRAIN, BUILTIN -> SemanticTokenTypes.Function;
            case LAYER, MODEL, OPTIMIZER -> SemanticTokenTypes.Class;
            case MODULE -> module;
            case TYPE -> SemanticTokenTypes.Type;
        };
        var modifiers = new ArrayList<String>();
        if (use.isDeclaration()) {
            modifiers.add(SemanticTokenModifiers.Declaration);
        }
        boolean fixed = switch (use.kind()) {
            case VAL, CONSTANT, PARAMETER, DIMENSION, LOOP -> true;
            default -> false;
        };
        if (fixed) {
            modifiers.add(SemanticTokenModifiers.Readonly);
        }
        if (use.declared() == null || Library.holds(use.declared().file())) {
            modifiers.add(SemanticTokenModifiers.DefaultLibrary);
        }
        add(span, type, modifiers.toArray(String[]::new));
    }

    /// Adds a token, which the protocol wants on one line.
    private void add(Span span, String type, String... modifiers) {
        int bits = 0;
        for (String modifier : modifiers) {
            bits |= 1 << MODIFIERS.indexOf(modifier);
        }
        int start = span.start();
        while (start < span.end()) {
            int at = file.line(start);
            int end = Math.min(span.end(), file.lineStart(at) + file.lineText(at).length());
            if (end > start) {
                Position position = Positions.of(file, start);
                boolean same = position.getLine() == line;
                data.addAll(List.of(position.getLine() - line, position.getCharacter() - (same ? column : 0),
                        end - start, TYPES.indexOf(type), bits));
                line = position.getLine();
                column = position.getCharacter();
            }
            start = at < file.lineCount() ? file.lineStart(at + 1) : span.end();
        }
    }
}
