package org.nnlang.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.nnlang.cli.picture.Page;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.json.Json;

/// The page about a run while it goes on, served to browsers on this machine and to nobody else.
final class Watch implements AutoCloseable {
    /// A browser asks every second; one that did not for so long has gone.
    private static final long NANOS_GONE = 3_000_000_000L;

    private final ReportPage page;
    private final RunLog log;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newSingleThreadExecutor(task -> {
        var thread = new Thread(task, "nn-watch");
        thread.setDaemon(true);
        return thread;
    });

    /// When a section was last seen to change, and to what.
    private final Map<String, Page.Section> shown = new HashMap<>();
    private final Map<String, Long> changed = new HashMap<>();
    private long version;
    private volatile long lastAsked = Long.MIN_VALUE;
    private volatile boolean toldTheEnd;

    /// Begins to serve.
    ///
    /// @param port 0 for any that is free
    /// @throws NnException NN0859 where the port is taken
    Watch(int port, ReportPage page, RunLog log) {
        this.page = page;
        this.log = log;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            boolean taken = e instanceof BindException;
            throw new NnException(
                    "NN0859",
                    taken
                            ? "port " + port + " is taken: " + e.getMessage()
                            : "nothing can be served on port " + port + ": " + e.getMessage(),
                    "name another, `--watch=" + (port < 65_000 ? port + 1 : 7078)
                            + "`, or any that is free, `--watch=0`",
                    e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /// Where to look.
    String address() {
        return "http://localhost:" + server.getAddress().getPort() + "/";
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
            String path = exchange.getRequestURI().getPath();
            if (!host.replaceFirst(":\\d+$", "").matches("localhost|127\\.0\\.0\\.1|\\[::1]")) {
                // A page from elsewhere whose name was made to lead here.
                send(exchange, 403, "text/plain", "for this machine alone\n");
            } else if (!exchange.getRequestMethod().equals("GET")) {
                send(exchange, 405, "text/plain", "there is nothing to send\n");
            } else if (path.equals("/")) {
                send(exchange, 200, "text/html", page.page().live());
            } else if (path.equals("/update")) {
                send(exchange, 200, "application/json", update(exchange.getRequestURI().getQuery()));
            } else {
                send(exchange, 404, "text/plain", "there is nothing here; the page is at /\n");
            }
        }
    }

    /// The sections that have changed since a version.
    private String update(String query) {
        lastAsked = System.nanoTime();
        long after = query != null && query.matches("after=\\d{1,18}") ? Long.parseLong(query.substring(6)) : 0;
        boolean ended = log.result().isPresent() || log.isBroken();
        List<Object> sections = new ArrayList<>();
        for (Page.Section section : page.page().sections()) {
            if (!section.equals(shown.put(section.id(), section))) {
                changed.put(section.id(), ++version);
            }
            if (changed.getOrDefault(section.id(), 0L) > after) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("id", section.id());
                one.put("html", section.html());
                sections.add(one);
            }
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("version", version);
        answer.put("ended", ended);
        answer.put("sections", sections);
        toldTheEnd |= ended;
        return Json.of(answer).toString();
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /// Stops, once a browser that looks on knows how it ended.
    @Override
    public void close() {
        try {
            while (!toldTheEnd && lastAsked != Long.MIN_VALUE && System.nanoTime() - lastAsked < NANOS_GONE) {
                Thread.sleep(50);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        server.stop(toldTheEnd ? 1 : 0);
        threads.shutdown();
    }
}
