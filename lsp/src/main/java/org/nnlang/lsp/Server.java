package org.nnlang.lsp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.ClientCapabilities;
import org.eclipse.lsp4j.CodeActionKind;
import org.eclipse.lsp4j.CodeActionOptions;
import org.eclipse.lsp4j.CompletionOptions;
import org.eclipse.lsp4j.DidChangeWatchedFilesRegistrationOptions;
import org.eclipse.lsp4j.FileSystemWatcher;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializeResult;
import org.eclipse.lsp4j.InitializedParams;
import org.eclipse.lsp4j.MessageParams;
import org.eclipse.lsp4j.MessageType;
import org.eclipse.lsp4j.PositionEncodingKind;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.Registration;
import org.eclipse.lsp4j.RegistrationParams;
import org.eclipse.lsp4j.RenameOptions;
import org.eclipse.lsp4j.SaveOptions;
import org.eclipse.lsp4j.SemanticTokensWithRegistrationOptions;
import org.eclipse.lsp4j.ServerCapabilities;
import org.eclipse.lsp4j.ServerInfo;
import org.eclipse.lsp4j.SetTraceParams;
import org.eclipse.lsp4j.SignatureHelpOptions;
import org.eclipse.lsp4j.TextDocumentSyncKind;
import org.eclipse.lsp4j.TextDocumentSyncOptions;
import org.eclipse.lsp4j.WorkspaceFolder;
import org.eclipse.lsp4j.WorkspaceFoldersOptions;
import org.eclipse.lsp4j.WorkspaceServerCapabilities;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageServer;
import org.eclipse.lsp4j.services.TextDocumentService;
import org.eclipse.lsp4j.services.WorkspaceService;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;

/// What an editor speaks to: it says what there is, starts and ends, and hears what was found.
final class Server implements LanguageServer, Analysis.Listener, AutoCloseable {
    private final String version;
    private final Analysis analysis;
    private final Messages messages;
    private final Workspace workspace;
    private final TextQuestions texts;
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private volatile @Nullable LanguageClient client;
    private volatile @Nullable ClientCapabilities capabilities;
    private volatile boolean isShutDown;

    /// The versions that were told of last, by URI. On the thread of the analysis alone.
    private final Map<String, Integer> told = new HashMap<>();

    Server(String version, Duration pause, Library library) {
        this.version = version;
        this.analysis = new Analysis(this, pause);
        var places = new Places(analysis, library);
        this.messages = new Messages(places);
        this.workspace = new Workspace(analysis);
        var fixes = new QuickFixes(analysis, places, () -> Optional.ofNullable(capabilities));
        this.texts = new TextQuestions(analysis, places, workspace, fixes, this::forget, this::log);
    }

    void connect(LanguageClient other) {
        client = other;
    }

    @Override
    public CompletableFuture<InitializeResult> initialize(InitializeParams parameters) {
        capabilities = parameters.getCapabilities();
        workspace.folders(folders(parameters));
        var result = new InitializeResult(offered());
        result.setServerInfo(new ServerInfo("nn", version));
        return CompletableFuture.completedFuture(result);
    }

    @SuppressWarnings("deprecation") // rootUri is what older editors send
    private static List<Path> folders(InitializeParams parameters) {
        var uris = new ArrayList<String>();
        if (parameters.getWorkspaceFolders() != null) {
            parameters.getWorkspaceFolders().stream().map(WorkspaceFolder::getUri).forEach(uris::add);
        } else if (parameters.getRootUri() != null) {
            uris.add(parameters.getRootUri());
        }
        return Workspace.paths(uris);
    }

    private static ServerCapabilities offered() {
        var offered = new ServerCapabilities();
        offered.setPositionEncoding(PositionEncodingKind.UTF16);
        var sync = new TextDocumentSyncOptions();
        sync.setOpenClose(true);
        sync.setChange(TextDocumentSyncKind.Incremental);
        sync.setSave(new SaveOptions(false));
        offered.setTextDocumentSync(sync);
        offered.setHoverProvider(true);
        offered.setDefinitionProvider(true);
        offered.setReferencesProvider(true);
        offered.setDocumentHighlightProvider(true);
        offered.setRenameProvider(new RenameOptions(true));
        offered.setDocumentSymbolProvider(true);
        offered.setCompletionProvider(new CompletionOptions(false, List.of(".", "(", "\"", "/")));
        offered.setSignatureHelpProvider(new SignatureHelpOptions(List.of("(", ",")));
        offered.setSemanticTokensProvider(new SemanticTokensWithRegistrationOptions(Tokens.LEGEND, true));
        offered.setInlayHintProvider(true);
        offered.setFoldingRangeProvider(true);
        offered.setDocumentFormattingProvider(true);
        offered.setCodeActionProvider(new CodeActionOptions(List.of(CodeActionKind.QuickFix)));
        var folders = new WorkspaceFoldersOptions();
        folders.setSupported(true);
        folders.setChangeNotifications(true);
        offered.setWorkspace(new WorkspaceServerCapabilities(folders));
        return offered;
    }

    @Override
    public void initialized(InitializedParams parameters) {
        LanguageClient to = client;
        ClientCapabilities known = capabilities;
        boolean watches = known != null && known.getWorkspace() != null
                && known.getWorkspace().getDidChangeWatchedFiles() != null
                && Boolean.TRUE.equals(known.getWorkspace().getDidChangeWatchedFiles().getDynamicRegistration());
        if (to != null && watches) {
            var options = new DidChangeWatchedFilesRegistrationOptions(
                    List.of(new FileSystemWatcher(Either.forLeft("**/*.nn"))));
            var _ = to.registerCapability(new RegistrationParams(
                    List.of(new Registration("nn-files", "workspace/didChangeWatchedFiles", options))));
        }
    }

    @Override
    public void setTrace(SetTraceParams parameters) {
        // There is nothing to trace beyond what an editor logs itself.
    }

    @Override
    public CompletableFuture<Object> shutdown() {
        isShutDown = true;
        analysis.close();
        return CompletableFuture.completedFuture(new Object());
    }

    @Override
    public void exit() {
        exit.complete(isShutDown ? 0 : 1);
    }

    /// Waits for the end, and gives its exit code.
    int awaitExit() {
        return exit.join();
    }

    @Override
    public TextDocumentService getTextDocumentService() {
        return texts;
    }

    @Override
    public WorkspaceService getWorkspaceService() {
        return workspace;
    }

    @Override
    public void analysed(Snapshot snapshot) {
        Document document = snapshot.document();
        publish(document, messages.of(snapshot));
        Integer before = told.put(document.uri(), document.version());
        LanguageClient to = client;
        ClientCapabilities known = capabilities;
        // The editor has not changed it, so it does not ask anew.
        if (before != null && before == document.version() && to != null && known != null
                && known.getWorkspace() != null) {
            var hints = known.getWorkspace().getInlayHint();
            if (hints != null && Boolean.TRUE.equals(hints.getRefreshSupport())) {
                var _ = to.refreshInlayHints();
            }
            var tokens = known.getWorkspace().getSemanticTokens();
            if (tokens != null && Boolean.TRUE.equals(tokens.getRefreshSupport())) {
                var _ = to.refreshSemanticTokens();
            }
        }
    }

    @Override
    public void failed(Document document, Throwable reason) {
        if (reason instanceof NnException problem) {
            publish(document, messages.of(document, problem));
        } else {
            log("could not look at all of " + document.uri(), reason);
        }
    }

    private void publish(Document document, List<org.eclipse.lsp4j.Diagnostic> found) {
        LanguageClient to = client;
        if (to != null) {
            to.publishDiagnostics(new PublishDiagnosticsParams(document.uri(), found, document.version()));
        }
    }

    /// Takes back what was said of a text that is closed.
    private void forget(String uri) {
        LanguageClient to = client;
        if (to != null) {
            to.publishDiagnostics(new PublishDiagnosticsParams(uri, List.of()));
        }
    }

    /// Tells of a mistake of our own, which is to be reported and not to end anything.
    private void log(String what, Throwable reason) {
        LanguageClient to = client;
        if (to != null) {
            var text = new StringBuilder("nn: internal error: ").append(what).append(": ").append(reason);
            for (StackTraceElement element : reason.getStackTrace()) {
                text.append("\n    at ").append(element);
            }
            to.logMessage(new MessageParams(MessageType.Error, text.toString()));
        }
    }

    @Override
    public void close() {
        analysis.close();
    }
}
