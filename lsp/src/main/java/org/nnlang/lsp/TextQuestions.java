package org.nnlang.lsp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.CodeActionParams;
import org.eclipse.lsp4j.Command;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionList;
import org.eclipse.lsp4j.CompletionParams;
import org.eclipse.lsp4j.DefinitionParams;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.DidSaveTextDocumentParams;
import org.eclipse.lsp4j.DocumentFormattingParams;
import org.eclipse.lsp4j.DocumentHighlight;
import org.eclipse.lsp4j.DocumentHighlightKind;
import org.eclipse.lsp4j.DocumentHighlightParams;
import org.eclipse.lsp4j.DocumentSymbol;
import org.eclipse.lsp4j.DocumentSymbolParams;
import org.eclipse.lsp4j.FoldingRange;
import org.eclipse.lsp4j.FoldingRangeRequestParams;
import org.eclipse.lsp4j.Hover;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.InlayHint;
import org.eclipse.lsp4j.InlayHintParams;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.LocationLink;
import org.eclipse.lsp4j.PrepareRenameDefaultBehavior;
import org.eclipse.lsp4j.PrepareRenameParams;
import org.eclipse.lsp4j.PrepareRenameResult;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.ReferenceParams;
import org.eclipse.lsp4j.RenameParams;
import org.eclipse.lsp4j.SemanticTokens;
import org.eclipse.lsp4j.SemanticTokensParams;
import org.eclipse.lsp4j.SignatureHelp;
import org.eclipse.lsp4j.SignatureHelpParams;
import org.eclipse.lsp4j.SymbolInformation;
import org.eclipse.lsp4j.TextDocumentPositionParams;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.VersionedTextDocumentIdentifier;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.eclipse.lsp4j.jsonrpc.ResponseErrorException;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.jsonrpc.messages.Either3;
import org.eclipse.lsp4j.services.TextDocumentService;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;

/// What an editor says and asks about texts. What cannot be answered has an empty answer, and is told in the editor's log.
final class TextQuestions implements TextDocumentService {
    private final Analysis analysis;
    private final Places places;
    private final Workspace workspace;
    private final QuickFixes fixes;
    private final Consumer<String> closed;
    private final BiConsumer<String, Throwable> log;

    /// @param closed hears of texts that are closed
    /// @param log    hears of mistakes of our own
    TextQuestions(
            Analysis analysis,
            Places places,
            Workspace workspace,
            QuickFixes fixes,
            Consumer<String> closed,
            BiConsumer<String, Throwable> log) {
        this.analysis = analysis;
        this.places = places;
        this.workspace = workspace;
        this.fixes = fixes;
        this.closed = closed;
        this.log = log;
    }

    @Override
    public void didOpen(DidOpenTextDocumentParams parameters) {
        var text = parameters.getTextDocument();
        analysis.open(text.getUri(), text.getVersion(), text.getText());
    }

    @Override
    public void didChange(DidChangeTextDocumentParams parameters) {
        VersionedTextDocumentIdentifier text = parameters.getTextDocument();
        Integer version = text.getVersion();
        analysis.change(text.getUri(), version == null ? 0 : version, parameters.getContentChanges());
    }

    @Override
    public void didClose(DidCloseTextDocumentParams parameters) {
        String uri = parameters.getTextDocument().getUri();
        analysis.close(uri);
        closed.accept(uri);
    }

    @Override
    public void didSave(DidSaveTextDocumentParams parameters) {
        // What is open counts, saved or not.
    }

    @Override
    @SuppressWarnings("NullAway") // the protocol has null for "nothing", and lsp4j does not say so
    public CompletableFuture<@Nullable Hover> hover(HoverParams parameters) {
        return at(parameters, null,
                (snapshot, offset) -> new Hovers(snapshot, analysis.operations()).at(offset));
    }

    @Override
    public CompletableFuture<Either<List<? extends Location>, List<? extends LocationLink>>> definition(
            DefinitionParams parameters) {
        return at(parameters, Either.forLeft(List.of()), (snapshot, offset) -> {
            Span declared = Usages.declared(snapshot, offset);
            Location location = declared == null ? null : places.location(declared);
            return Either.forLeft(location == null ? List.of() : List.of(location));
        });
    }

    @Override
    public CompletableFuture<List<? extends Location>> references(ReferenceParams parameters) {
        return answered("references", List.of(),
                analysis.ask(parameters.getTextDocument().getUri(), (snapshot, open) -> {
                    Span declared =
                            Usages.declared(snapshot, Positions.offset(snapshot.file(), parameters.getPosition()));
                    var locations = new ArrayList<Location>();
                    if (declared != null && !declared.isEmpty()) {
                        Collection<Usages.Usage> usages = new Usages(analysis, open, workspace.folders()).of(declared);
                        for (Usages.Usage usage : usages) {
                            Location location = usage.isDeclaration() && !parameters.getContext().isIncludeDeclaration()
                                    ? null
                                    : places.location(usage.at());
                            if (location != null) {
                                locations.add(location);
                            }
                        }
                    }
                    return locations;
                }));
    }

    @Override
    public CompletableFuture<List<? extends DocumentHighlight>> documentHighlight(DocumentHighlightParams parameters) {
        return at(parameters, List.of(), (snapshot, offset) -> {
            Span declared = Usages.declared(snapshot, offset);
            return declared == null || declared.isEmpty()
                    ? List.of()
                    : Usages.in(snapshot, declared).stream()
                            .map(usage -> new DocumentHighlight(
                                    Positions.of(usage.at()),
                                    usage.isWritten() ? DocumentHighlightKind.Write : DocumentHighlightKind.Read))
                            .toList();
        });
    }

    @Override
    @SuppressWarnings("NullAway") // the protocol has null for "nothing", and lsp4j does not say so
    public CompletableFuture<@Nullable Either3<Range, PrepareRenameResult, PrepareRenameDefaultBehavior>> prepareRename(
            PrepareRenameParams parameters) {
        return at(parameters, null, (snapshot, offset) -> {
            Span name = new Renaming(analysis, places).prepare(snapshot, offset);
            return Either3.forSecond(new PrepareRenameResult(Positions.of(name), name.text()));
        });
    }

    @Override
    @SuppressWarnings("NullAway") // the protocol has null for "nothing", and lsp4j does not say so
    public CompletableFuture<@Nullable WorkspaceEdit> rename(RenameParams parameters) {
        return answered("rename", null, analysis.ask(parameters.getTextDocument().getUri(),
                (snapshot, open) -> new Renaming(analysis, places).rename(
                        snapshot, Positions.offset(snapshot.file(), parameters.getPosition()), parameters.getNewName(),
                        open, workspace.folders())));
    }

    @Override
    public CompletableFuture<List<Either<SymbolInformation, DocumentSymbol>>> documentSymbol(
            DocumentSymbolParams parameters) {
        return of(parameters.getTextDocument().getUri(), List.of(),
                snapshot -> Outline.of(snapshot.survey().module().syntax()).stream()
                        .map(Either::<SymbolInformation, DocumentSymbol>forRight)
                        .toList());
    }

    @Override
    public CompletableFuture<Either<List<CompletionItem>, CompletionList>> completion(CompletionParams parameters) {
        return at(parameters, Either.forLeft(List.of()),
                (snapshot, offset) -> Either.forLeft(new Completions(analysis).at(snapshot, offset)));
    }

    @Override
    @SuppressWarnings("NullAway") // the protocol has null for "nothing", and lsp4j does not say so
    public CompletableFuture<@Nullable SignatureHelp> signatureHelp(SignatureHelpParams parameters) {
        return at(parameters, null,
                (snapshot, offset) -> new Signatures(analysis.operations()).at(snapshot, offset));
    }

    @Override
    public CompletableFuture<SemanticTokens> semanticTokensFull(SemanticTokensParams parameters) {
        return of(parameters.getTextDocument().getUri(), new SemanticTokens(List.of()), Tokens::of);
    }

    @Override
    public CompletableFuture<List<InlayHint>> inlayHint(InlayHintParams parameters) {
        return of(parameters.getTextDocument().getUri(), List.of(),
                snapshot -> Hints.of(snapshot, Positions.span(snapshot.file(), parameters.getRange())));
    }

    @Override
    public CompletableFuture<List<FoldingRange>> foldingRange(FoldingRangeRequestParams parameters) {
        return of(parameters.getTextDocument().getUri(), List.of(), snapshot -> Folds.of(snapshot.file()));
    }

    @Override
    public CompletableFuture<List<? extends TextEdit>> formatting(DocumentFormattingParams parameters) {
        return of(parameters.getTextDocument().getUri(), List.of(), snapshot -> Formatting.of(snapshot.file()));
    }

    @Override
    public CompletableFuture<List<Either<Command, CodeAction>>> codeAction(CodeActionParams parameters) {
        return of(parameters.getTextDocument().getUri(), List.of(),
                snapshot -> fixes.of(snapshot, parameters.getContext()));
    }

    private interface Question<T extends @Nullable Object> {
        T at(Snapshot snapshot, int offset);
    }

    private <T extends @Nullable Object> CompletableFuture<T> at(
            TextDocumentPositionParams place, T otherwise, Question<T> question) {
        return of(place.getTextDocument().getUri(), otherwise,
                snapshot -> question.at(snapshot, Positions.offset(snapshot.file(), place.getPosition())));
    }

    private <T extends @Nullable Object> CompletableFuture<T> of(
            String uri, T otherwise, Function<Snapshot, T> answer) {
        return answered(uri, otherwise, analysis.ask(uri, answer));
    }

    private <T extends @Nullable Object, A extends T> CompletableFuture<T> answered(
            String what, T otherwise, CompletableFuture<A> answer) {
        return answer.handle((found, problem) -> {
            Throwable reason = problem instanceof CompletionException wrapped && wrapped.getCause() != null
                    ? wrapped.getCause()
                    : problem;
            if (reason instanceof ResponseErrorException refusal) {
                throw refusal;
            }
            if (reason != null && !(reason instanceof CancellationException)) {
                log.accept("a question about " + what, reason);
            }
            return reason == null ? found : otherwise;
        });
    }
}
