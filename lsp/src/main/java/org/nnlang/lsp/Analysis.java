package org.nnlang.lsp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.pipeline.Survey;
import org.nnlang.runtime.operation.Operations;

/// Looks at the texts that are open, on one thread in the background. A text is looked at when nobody has changed it for a moment, or when
/// something is asked about it. The newest state wins: a look at an older one is broken off, or what it found is thrown away. A file
/// that another one imports takes that one along when it changes.
final class Analysis implements AutoCloseable {
    /// Types are nested as deep as somebody writes them.
    private static final long STACK_BYTES = 1L << 28;

    private final Listener listener;
    private final long pauseMillis;
    private final Operations operations = Operations.installed();
    private final Headers headers = new Headers();
    private final ScheduledThreadPoolExecutor worker;

    /// By URI, in the order in which they were opened.
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /// Hears of what was found, on the thread of the analysis.
    interface Listener {
        /// A state was looked at that is the newest.
        void analysed(Snapshot snapshot);

        /// A state could not be looked at, or not at all of it.
        void failed(Document document, Throwable reason);
    }

    /// An open text.
    private static final class Entry {
        private Document newest;
        private @Nullable Snapshot found;
        private @Nullable Snapshot usual;
        private CompletableFuture<Snapshot> awaited = new CompletableFuture<>();

        /// Whether what is awaited is that of the newest state, which has been looked at.
        private boolean isCurrent;

        private @Nullable Future<?> scheduled;

        Entry(Document newest) {
            this.newest = newest;
        }
    }

    /// @param pause how long a text must be left alone before it is looked at, if nobody asks
    Analysis(Listener listener, Duration pause) {
        this.listener = listener;
        this.pauseMillis = pause.toMillis();
        worker = new ScheduledThreadPoolExecutor(1, task -> {
            var thread = new Thread(null, task, "nn-analysis", STACK_BYTES);
            thread.setDaemon(true);
            return thread;
        });
        worker.setRemoveOnCancelPolicy(true);
        worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    synchronized void open(String uri, int version, String text) {
        var entry = new Entry(Document.opened(uri, version, text));
        Entry before = entries.put(uri, entry);
        if (before != null) {
            dismiss(before);
        }
        schedule(entry, 0);
        touch(entry.newest.path(), uri);
    }

    synchronized void change(String uri, int version, List<TextDocumentContentChangeEvent> changes) {
        Entry entry = entries.get(uri);
        if (entry != null) {
            renew(entry, entry.newest.changed(version, changes));
            touch(entry.newest.path(), uri);
        }
    }

    synchronized void close(String uri) {
        Entry entry = entries.remove(uri);
        if (entry != null) {
            dismiss(entry);
            touch(entry.newest.path(), uri);
        }
    }

    /// Looks again at everything: files have changed.
    synchronized void refresh() {
        headers.forget();
        entries.values().forEach(entry -> renew(entry, entry.newest.again()));
    }

    /// What is known of the newest state of a text; it may be a while until then. It fails where the text is not open.
    private synchronized CompletableFuture<Snapshot> current(String uri) {
        Entry entry = entries.get(uri);
        if (entry == null) {
            return CompletableFuture.failedFuture(new CancellationException(uri + " is not open"));
        }
        if (!entry.isCurrent) {
            schedule(entry, 0);
        }
        return entry.awaited;
    }

    /// What is known of the newest states of all texts.
    private CompletableFuture<List<Snapshot>> all() {
        List<CompletableFuture<Snapshot>> awaited = new ArrayList<>();
        synchronized (this) {
            List.copyOf(entries.keySet()).forEach(uri -> awaited.add(current(uri)));
        }
        return CompletableFuture.allOf(awaited.toArray(CompletableFuture<?>[]::new))
                .thenApply(_ -> awaited.stream().map(CompletableFuture::join).toList());
    }

    /// Looks at a text that is in no editor in this state. On the thread of the caller.
    Snapshot look(Document document) {
        return look(document, null, () -> false);
    }

    /// Answers from what is known of the newest state of a text, on the thread of the analysis.
    <T> CompletableFuture<T> ask(String uri, Function<Snapshot, T> answer) {
        return current(uri).thenApplyAsync(answer, worker);
    }

    /// Answers from what is known of the newest states of all texts, on the thread of the analysis.
    ///
    /// @param uri of the text that is asked about
    <T> CompletableFuture<T> ask(String uri, BiFunction<Snapshot, List<Snapshot>, T> answer) {
        return current(uri).thenCombineAsync(all(), answer, worker);
    }

    /// The newest state of a text; null where it is not open.
    synchronized @Nullable Document document(String uri) {
        Entry entry = entries.get(uri);
        return entry == null ? null : entry.newest;
    }

    /// The newest text at a path, if an editor has it.
    synchronized @Nullable Document opened(Path path) {
        for (Entry entry : entries.values()) {
            if (path.equals(entry.newest.path())) {
                return entry.newest;
            }
        }
        return null;
    }

    Operations operations() {
        return operations;
    }

    @Override
    public void close() {
        worker.shutdownNow();
        synchronized (this) {
            entries.values().forEach(Analysis::dismiss);
            entries.clear();
        }
    }

    private static void dismiss(Entry entry) {
        entry.newest = entry.newest.again();
        entry.awaited.completeExceptionally(new CancellationException("the text is closed"));
        if (entry.scheduled != null) {
            entry.scheduled.cancel(false);
        }
    }

    /// Looks again at the texts that depend on a file.
    private void touch(@Nullable Path changed, String uri) {
        for (Entry entry : entries.values()) {
            boolean depends = entry.found == null || changed != null && entry.found.asked().contains(changed);
            if (depends && !entry.newest.uri().equals(uri)) {
                renew(entry, entry.newest.again());
            }
        }
    }

    private void renew(Entry entry, Document state) {
        entry.newest = state;
        if (entry.isCurrent) {
            entry.isCurrent = false;
            entry.awaited = new CompletableFuture<>();
        }
        schedule(entry, pauseMillis);
    }

    private void schedule(Entry entry, long delay) {
        if (worker.isShutdown()) {
            return;
        }
        if (entry.scheduled != null) {
            entry.scheduled.cancel(false);
        }
        entry.scheduled = worker.schedule(() -> analyse(entry), delay, TimeUnit.MILLISECONDS);
    }

    private void analyse(Entry entry) {
        Document document;
        Snapshot usual;
        CompletableFuture<Snapshot> awaited;
        synchronized (this) {
            if (entry.isCurrent) {
                return;
            }
            document = entry.newest;
            usual = entry.usual;
        }
        Snapshot snapshot = null;
        Throwable reason = null;
        try {
            snapshot = look(document, usual, () -> isOutdated(entry, document));
        } catch (CancellationException _) {
            return;
        } catch (RuntimeException | Error e) {
            reason = e;
        }
        synchronized (this) {
            if (entry.newest != document) {
                return;
            }
            awaited = entry.awaited;
            entry.isCurrent = true;
            entry.found = snapshot;
            if (snapshot != null && snapshot.usual() == null) {
                entry.usual = snapshot;
            }
        }
        if (snapshot == null) {
            Throwable problem = reason == null ? new IllegalStateException("nothing was found") : reason;
            listener.failed(document, problem);
            awaited.completeExceptionally(problem);
        } else {
            listener.analysed(snapshot);
            awaited.complete(snapshot);
        }
    }

    private synchronized boolean isOutdated(Entry entry, Document document) {
        return entry.newest != document;
    }

    private Snapshot look(Document document, @Nullable Snapshot usual, BooleanSupplier outdated) {
        OpenFiles files = files(document);
        Survey survey;
        try {
            survey = FrontEnd.survey(document.file(), files, outdated);
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            // What names refer to is known even where the compiler fails.
            files = files(document);
            survey = FrontEnd.names(document.file(), files);
            listener.failed(document, e);
        }
        boolean readable = survey.diagnostics().sorted().stream()
                .noneMatch(each -> each.code().isSyntax() && each.primary().file() == document.file());
        return new Snapshot(document, survey, Set.copyOf(files.asked()), readable ? null : usual);
    }

    /// What a look at a text is answered with.
    OpenFiles files(Document document) {
        return files(document, _ -> null);
    }

    /// What a look at a text is answered with.
    ///
    /// @param instead texts that stand for those of files, open or not
    OpenFiles files(Document document, Function<Path, @Nullable String> instead) {
        return new OpenFiles(document.folder(), path -> {
            String text = instead.apply(path);
            Document opened = text == null ? opened(path) : null;
            return opened == null ? text : opened.file().text();
        }, headers, operations);
    }
}
