package org.nnlang.lsp;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.lsp4j.DocumentSymbol;
import org.eclipse.lsp4j.SymbolKind;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.lower.TypeText;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Identifier;
import org.nnlang.compiler.syntax.Module;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.compiler.type.Names;

/// What a file declares, and in each declaration what lasts or has a name of its own.
final class Outline {
    private Outline() {}

    static List<DocumentSymbol> of(Module module) {
        var symbols = new ArrayList<DocumentSymbol>();
        for (Declaration declaration : module.declarations()) {
            if (declaration instanceof Declaration.Described described) {
                symbols.add(declared(described));
            }
        }
        return symbols;
    }

    private static DocumentSymbol declared(Declaration.Described declaration) {
        Identifier identifier = Names.of(declaration);
        String name = identifier != null
                ? identifier.text()
                : declaration instanceof Declaration.Test test ? test.name()
                : "";
        SymbolKind kind = switch (declaration) {
            case Declaration.Function _, Declaration.Train _ -> SymbolKind.Function;
            case Declaration.Layer _, Declaration.Optimizer _ -> SymbolKind.Class;
            case Declaration.Test _ -> SymbolKind.Method;
            case Declaration.Constant _ -> SymbolKind.Constant;
        };
        Block body = switch (declaration) {
            case Declaration.Function function -> function.body();
            case Declaration.Layer layer -> layer.body();
            case Declaration.Optimizer optimizer -> optimizer.body();
            case Declaration.Train train -> train.body();
            case Declaration.Test _, Declaration.Constant _ -> null;
        };
        DocumentSymbol symbol = symbol(name, kind, declaration.span(), Names.span(declaration));
        symbol.setDetail(TypeText.head(declaration).lines().findFirst().orElse(""));
        symbol.setChildren(body == null ? List.of() : children(body));
        return symbol;
    }

    private static List<DocumentSymbol> children(Block body) {
        var symbols = new ArrayList<DocumentSymbol>();
        for (Statement statement : body.statements()) {
            DocumentSymbol symbol = child(statement);
            if (symbol != null) {
                symbols.add(symbol);
            }
        }
        return symbols;
    }

    private static @Nullable DocumentSymbol child(Statement statement) {
        return switch (statement) {
            case Statement.Param param -> named(param.name(), SymbolKind.Field, statement);
            case Statement.State state -> named(state.name(), SymbolKind.Field, statement);
            case Statement.Slot slot -> named(slot.name(), SymbolKind.Field, statement);
            case Statement.LocalFunction(Declaration.Function function) ->
                named(function.name(), SymbolKind.Function, statement);
            case Statement.Loop loop ->
                symbol(loop.kind().word(), SymbolKind.Event, statement.span(), start(statement));
            default -> null;
        };
    }

    private static Span start(Statement statement) {
        return statement.span().file().span(statement.span().start(), statement.span().start());
    }

    private static DocumentSymbol named(Identifier name, SymbolKind kind, Statement statement) {
        return symbol(name.text(), kind, statement.span(), name.span());
    }

    private static DocumentSymbol symbol(String name, SymbolKind kind, Span whole, Span place) {
        return new DocumentSymbol(
                name.isBlank() ? "?" : name, kind, Positions.of(whole.contains(place) ? whole : whole.to(place)),
                Positions.of(place));
    }
}
