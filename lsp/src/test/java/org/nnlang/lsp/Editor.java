package org.nnlang.lsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.eclipse.lsp4j.ClientCapabilities;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.CodeActionCapabilities;
import org.eclipse.lsp4j.CodeActionContext;
import org.eclipse.lsp4j.CodeActionKindCapabilities;
import org.eclipse.lsp4j.CodeActionLiteralSupportCapabilities;
import org.eclipse.lsp4j.CodeActionParams;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionParams;
import org.eclipse.lsp4j.DefinitionParams;
import org.eclipse.lsp4j.Diagnostic;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.Hover;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializeResult;
import org.eclipse.lsp4j.InitializedParams;
import org.eclipse.lsp4j.InlayHint;
import org.eclipse.lsp4j.InlayHintParams;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.MessageActionItem;
import org.eclipse.lsp4j.MessageParams;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.ShowMessageRequestParams;
import org.eclipse.lsp4j.TextDocumentClientCapabilities;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.eclipse.lsp4j.TextDocumentEdit;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.eclipse.lsp4j.TextDocumentItem;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.VersionedTextDocumentIdentifier;
import org.eclipse.lsp4j.WorkspaceClientCapabilities;
import org.eclipse.lsp4j.WorkspaceEditCapabilities;
import org.eclipse.lsp4j.WorkspaceFolder;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.launch.LSPLauncher;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageServer;
import org.nnlang.compiler.source.SourceFile;

/// An editor that speaks to a server through pipes, and remembers what it hears.
final class Editor implements LanguageClient, AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final OutputStream toServer;
    private final CompletableFuture<Integer> ended;
    private final LanguageServer server;
    private final Map<String, SourceFile> texts = new HashMap<>();
    private final Map<String, Integer> versions = new HashMap<>();
    private final Map<String, PublishDiagnosticsParams> heard = new HashMap<>();
    private final List<String> logged = new ArrayList<>();
    private int published;

    /// @param folder the workspace, and the server's cache below it
    Editor(Path folder) {
        this(folder, Duration.ofMillis(20));
    }

    Editor(Path folder, Duration pause) {
        this(folder, pause, modern());
    }

    /// An editor that takes code actions, and edits for one version of a text.
    private static ClientCapabilities modern() {
        var edits = new WorkspaceEditCapabilities();
        edits.setDocumentChanges(true);
        var workspace = new WorkspaceClientCapabilities();
        workspace.setWorkspaceEdit(edits);
        ClientCapabilities capabilities = withActions();
        capabilities.setWorkspace(workspace);
        return capabilities;
    }

    /// An editor that takes code actions, and knows of no versions of a text.
    static ClientCapabilities withActions() {
        var actions = new CodeActionCapabilities();
        actions.setCodeActionLiteralSupport(
                new CodeActionLiteralSupportCapabilities(new CodeActionKindCapabilities(List.of(""))));
        var texts = new TextDocumentClientCapabilities();
        texts.setCodeAction(actions);
        var capabilities = new ClientCapabilities();
        capabilities.setTextDocument(texts);
        return capabilities;
    }

    Editor(Path folder, Duration pause, ClientCapabilities capabilities) {
        var there = new Wire();
        var back = new Wire();
        toServer = there.sink;
        ended = CompletableFuture.supplyAsync(
                () -> {
                    // The end of a process closes its streams.
                    try (var fromEditor = there.source; var toEditor = back.sink) {
                        return LanguageServerProcess.run(
                                fromEditor, toEditor, "test", pause, Library.in(folder.resolve(".cache/library")));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                task -> new Thread(task, "server").start());
        var launcher = LSPLauncher.createClientLauncher(this, back.source, toServer);
        var _ = launcher.startListening();
        server = launcher.getRemoteProxy();
        var parameters = new InitializeParams();
        parameters.setCapabilities(capabilities);
        parameters.setWorkspaceFolders(List.of(new WorkspaceFolder(folder.toUri().toString(), "test")));
        InitializeResult offered = got(server.initialize(parameters));
        assertEquals(true, offered.getCapabilities().getHoverProvider().getLeft());
        server.initialized(new InitializedParams());
    }

    LanguageServer server() {
        return server;
    }

    OutputStream wire() {
        return toServer;
    }

    void open(String uri, String text) {
        texts.put(uri, new SourceFile(uri, text));
        versions.put(uri, 1);
        server.getTextDocumentService()
                .didOpen(new DidOpenTextDocumentParams(new TextDocumentItem(uri, "nn", 1, text)));
    }

    /// Replaces the first stretch that reads `before`.
    void edit(String uri, String before, String after) {
        SourceFile text = text(uri);
        int start = text.text().indexOf(before);
        var range = new Range(position(text, start), position(text, start + before.length()));
        change(uri, new TextDocumentContentChangeEvent(range, after),
                text.text().substring(0, start) + after + text.text().substring(start + before.length()));
    }

    /// Replaces the whole text.
    void replace(String uri, String text) {
        change(uri, new TextDocumentContentChangeEvent(text), text);
    }

    private void change(String uri, TextDocumentContentChangeEvent change, String text) {
        int version = versions.merge(uri, 1, Integer::sum);
        texts.put(uri, new SourceFile(uri, text));
        server.getTextDocumentService().didChange(new DidChangeTextDocumentParams(
                new VersionedTextDocumentIdentifier(uri, version), List.of(change)));
    }

    void close(String uri) {
        server.getTextDocumentService().didClose(new DidCloseTextDocumentParams(new TextDocumentIdentifier(uri)));
    }

    SourceFile text(String uri) {
        SourceFile text = texts.get(uri);
        return text == null ? fail(uri + " is not open") : text;
    }

    /// Counts as editors do, not by the server's code: lines end with `\n`, `\r\n` or `\r`, and columns are UTF-16.
    static Position position(SourceFile text, int offset) {
        int line = 0;
        int start = 0;
        for (int i = 0; i < offset; i++) {
            char c = text.text().charAt(i);
            boolean ends =
                    c == '\n' || c == '\r' && (i + 1 == text.text().length() || text.text().charAt(i + 1) != '\n');
            if (ends) {
                line++;
                start = i + 1;
            }
        }
        return new Position(line, offset - start);
    }

    /// The position of the first stretch that reads `marked` without its bar: where the bar is.
    Position at(String uri, String marked) {
        SourceFile text = text(uri);
        int bar = marked.indexOf('¦');
        int found = text.text().indexOf(marked.replace("¦", ""));
        return found < 0 ? fail("there is no " + marked) : position(text, found + Math.max(0, bar));
    }

    /// What the server says of the newest version of a text.
    List<Diagnostic> diagnostics(String uri) {
        int version = versions.getOrDefault(uri, 0);
        return await(uri, told -> told.getVersion() != null && told.getVersion() == version);
    }

    /// The next that fits of what the server says of a text.
    List<Diagnostic> await(String uri, Predicate<PublishDiagnosticsParams> fits) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        synchronized (heard) {
            while (true) {
                PublishDiagnosticsParams told = heard.get(uri);
                if (told != null && fits.test(told)) {
                    return told.getDiagnostics();
                }
                long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
                if (left <= 0) {
                    return fail("nothing that fits was said of " + uri + ", but " + told + ", and logged " + logged());
                }
                try {
                    heard.wait(left);
                } catch (InterruptedException e) {
                    return fail(e);
                }
            }
        }
    }

    int published() {
        synchronized (heard) {
            return published;
        }
    }

    /// Codes and the texts they stand at.
    List<String> mistakes(String uri) {
        return diagnostics(uri).stream()
                .map(each -> each.getCode().getLeft() + " " + text(uri).text().substring(
                        offset(uri, each.getRange().getStart()), offset(uri, each.getRange().getEnd())))
                .toList();
    }

    /// As an editor counts.
    int offset(String uri, Position position) {
        SourceFile text = text(uri);
        for (int offset = 0; offset <= text.text().length(); offset++) {
            if (position(text, offset).equals(position)) {
                return offset;
            }
        }
        return fail("there is no " + position);
    }

    /// The text of a hover; empty where there is none.
    String hover(String uri, String marked) {
        Hover hover = got(server.getTextDocumentService()
                .hover(new HoverParams(new TextDocumentIdentifier(uri), at(uri, marked))));
        return hover == null ? "" : hover.getContents().getRight().getValue();
    }

    List<? extends Location> definition(String uri, String marked) {
        return got(server.getTextDocumentService()
                .definition(new DefinitionParams(new TextDocumentIdentifier(uri), at(uri, marked)))).getLeft();
    }

    List<CompletionItem> completion(String uri, String marked) {
        return got(server.getTextDocumentService()
                .completion(new CompletionParams(new TextDocumentIdentifier(uri), at(uri, marked)))).getLeft();
    }

    /// The quick fixes of a mistake as the editor knows it.
    List<CodeAction> fixes(String uri, Diagnostic mistake) {
        var context = new CodeActionContext(List.of(mistake));
        return fixes(uri, mistake.getRange(), context);
    }

    List<CodeAction> fixes(String uri, Range range, CodeActionContext context) {
        return got(server.getTextDocumentService().codeAction(
                new CodeActionParams(new TextDocumentIdentifier(uri), range, context)))
                .stream().map(Either::getRight).toList();
    }

    /// Does what a quick fix says, as an editor does: to the version that it is for, from the end to the beginning.
    void apply(String uri, CodeAction action) {
        List<TextEdit> edits;
        if (action.getEdit().getDocumentChanges() != null) {
            TextDocumentEdit change = action.getEdit().getDocumentChanges().getFirst().getLeft();
            assertEquals(uri, change.getTextDocument().getUri());
            assertEquals(versions.get(uri), change.getTextDocument().getVersion());
            edits = change.getEdits();
        } else {
            edits = action.getEdit().getChanges().getOrDefault(uri, List.of());
        }
        var text = new StringBuilder(text(uri).text());
        for (TextEdit edit : edits.reversed()) {
            text.replace(offset(uri, edit.getRange().getStart()), offset(uri, edit.getRange().getEnd()),
                    edit.getNewText());
        }
        replace(uri, text.toString());
    }

    /// `text where it stands: hint`, of all hints.
    List<String> hints(String uri) {
        SourceFile text = text(uri);
        List<InlayHint> hints = got(server.getTextDocumentService().inlayHint(new InlayHintParams(
                new TextDocumentIdentifier(uri),
                new Range(new Position(0, 0), position(text, text.text().length())))));
        return hints.stream()
                .map(hint -> {
                    int offset = offset(uri, hint.getPosition());
                    String before = text.text().substring(0, offset);
                    return before.substring(before.replaceFirst("\\w+\\W*$", "").length()) + " "
                            + hint.getLabel().getLeft().strip();
                })
                .toList();
    }

    static <T> T got(CompletableFuture<T> answer) {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException e) {
            return fail(e);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause() == null ? e : e.getCause());
        }
    }

    /// The message of the error that answers.
    static String refused(CompletableFuture<?> answer) {
        try {
            return fail("no error, but " + answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException | TimeoutException e) {
            return fail(e);
        } catch (ExecutionException e) {
            return e.getCause() == null ? "" : String.valueOf(e.getCause().getMessage());
        }
    }

    /// Writes bytes as they are.
    void raw(String text) {
        try {
            synchronized (toServer) {
                toServer.write(text.getBytes(StandardCharsets.UTF_8));
                toServer.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> logged() {
        synchronized (logged) {
            return List.copyOf(logged);
        }
    }

    /// The server's exit code, once it has ended.
    int exitCode() {
        return got(ended);
    }

    @Override
    public void telemetryEvent(Object event) {}

    @Override
    public void publishDiagnostics(PublishDiagnosticsParams told) {
        synchronized (heard) {
            heard.put(told.getUri(), told);
            published++;
            heard.notifyAll();
        }
    }

    @Override
    public void showMessage(MessageParams message) {}

    @Override
    public CompletableFuture<MessageActionItem> showMessageRequest(ShowMessageRequestParams request) {
        return CompletableFuture.completedFuture(new MessageActionItem());
    }

    @Override
    public void logMessage(MessageParams message) {
        synchronized (logged) {
            logged.add(message.getMessage());
        }
    }

    /// Says goodbye as the protocol asks for, and wants no mistakes of the server's own.
    @Override
    public void close() {
        got(server.shutdown());
        server.exit();
        assertEquals(0, exitCode());
        assertEquals(List.of(), logged());
    }
}
