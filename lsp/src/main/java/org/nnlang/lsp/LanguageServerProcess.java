package org.nnlang.lsp;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.eclipse.lsp4j.jsonrpc.Launcher;
import org.eclipse.lsp4j.services.LanguageClient;

/// A language server that speaks to one editor, until that says goodbye or is gone.
public final class LanguageServerProcess {
    /// Nobody types as slowly as this between two letters of a word, and nobody waits longer for what is wrong with it.
    private static final Duration PAUSE = Duration.ofMillis(150);

    private LanguageServerProcess() {}

    /// Serves until the end.
    ///
    /// @param in      what the editor says
    /// @param out     what it hears, and nobody else writes to
    /// @param version of nn
    /// @return the exit code that the protocol asks for: 0 where the editor asked for the end before it came, else 1
    public static int run(InputStream in, OutputStream out, String version) {
        return run(in, out, version, PAUSE, Library.standard());
    }

    static int run(InputStream in, OutputStream out, String version, Duration pause, Library library) {
        // Daemons: whoever waits for an editor that says nothing more must not keep the process.
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "nn-lsp");
            thread.setDaemon(true);
            return thread;
        });
        try (var server = new Server(version, pause, library)) {
            Launcher<LanguageClient> launcher = new Launcher.Builder<LanguageClient>()
                    .setLocalService(server)
                    .setRemoteInterface(LanguageClient.class)
                    .setInput(in)
                    .setOutput(out)
                    .setExecutorService(threads)
                    .create();
            server.connect(launcher.getRemoteProxy());
            Future<Void> listening = launcher.startListening();
            threads.execute(() -> {
                try {
                    listening.get();
                } catch (InterruptedException | ExecutionException | CancellationException _) {
                    // Either way nobody speaks any more.
                } finally {
                    server.exit();
                }
            });
            return server.awaitExit();
        } finally {
            threads.shutdownNow();
        }
    }
}
