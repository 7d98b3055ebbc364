package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.nnlang.runtime.json.Json;

/// A headless Chromium, led through the DevTools protocol: pages are opened, asked, clicked and photographed. A test that needs one is
/// left out where there is none, and fails there if `NN_REQUIRE_BROWSER` is 1.
final class Browser implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final WebSocket socket;
    private final LinkedBlockingQueue<Json> messages = new LinkedBlockingQueue<>();

    /// What the page complained about, and what it fetched.
    private final List<String> complaints = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();
    private int calls;

    private Browser(Process process, String address) {
        this.process = process;
        var text = new StringBuilder();
        socket = HttpClient.newHttpClient().newWebSocketBuilder()
                .buildAsync(URI.create(address), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
                        text.append(part);
                        if (last) {
                            messages.add(Json.parse(text.toString()));
                            text.setLength(0);
                        }
                        from.request(1);
                        return null;
                    }
                }).join();
    }

    /// Starts one.
    ///
    /// @param folder for its profile
    static Browser open(Path folder) throws IOException, InterruptedException {
        Path program = null;
        for (String name : NAMES) {
            for (String directory : System.getenv("PATH").split(":")) {
                Path path = Path.of(directory, name);
                program = program == null && Files.isExecutable(path) ? path : program;
            }
        }
        if (program == null) {
            String missing = "no Chromium on the PATH: apt-get install chromium";
            if ("1".equals(System.getenv("NN_REQUIRE_BROWSER"))) {
                fail(missing);
            }
            assumeTrue(false, missing);
            throw new AssertionError();
        }
        Process process = new ProcessBuilder(
                program.toString(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--disable-background-networking", "--no-first-run", "--hide-scrollbars", "--window-size=1100,900",
                "--user-data-dir=" + folder.resolve("profile"), "--remote-debugging-port=0", "about:blank")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        BufferedReader err = process.errorReader(StandardCharsets.UTF_8);
        String line = err.readLine();
        while (line != null && !line.startsWith("DevTools listening on ")) {
            line = err.readLine();
        }
        if (line == null) {
            throw new AssertionError("Chromium does not start");
        }
        Thread.ofVirtual().start(() -> err.lines().forEach(_ -> {}));
        int port = URI.create(line.substring("DevTools listening on ".length())).getPort();
        try (HttpClient client = HttpClient.newHttpClient()) {
            var list = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list")).build();
            for (Json target : Json.parse(client.send(list, BodyHandlers.ofString()).body()).items()) {
                if (target.get("type").text().equals("page")) {
                    var browser = new Browser(process, target.get("webSocketDebuggerUrl").text());
                    for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
                        browser.call(domain + ".enable", Map.of());
                    }
                    return browser;
                }
            }
        }
        process.destroy();
        throw new AssertionError("Chromium has no page");
    }

    /// Waits for an answer to a command.
    private Json call(String method, Map<String, ?> parameters) throws InterruptedException {
        int id = ++calls;
        Map<String, Object> command = new LinkedHashMap<>();
        command.put("id", id);
        command.put("method", method);
        command.put("params", parameters);
        socket.sendText(Json.of(command).toString(), true).join();
        while (true) {
            Json message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("no answer to " + method);
            }
            if (message.has("id") && message.get("id").integer() == id) {
                if (message.has("error")) {
                    throw new AssertionError(method + ": " + message.get("error"));
                }
                return message.get("result");
            }
            notice(message);
        }
    }

    private void notice(Json message) {
        if (!message.has("method")) {
            return;
        }
        String method = message.get("method").text();
        if (method.equals("Runtime.exceptionThrown") || method.equals("Log.entryAdded")) {
            complaints.add(message.toString());
        } else if (method.equals("Network.requestWillBeSent")) {
            requests.add(message.get("params").get("request").get("url").text());
        }
    }

    void go(String address) throws InterruptedException {
        call("Page.navigate", Map.of("url", address));
        await("document.readyState === 'complete' && location.href === " + Json.of(address));
    }

    /// The value of an expression, as text.
    String ask(String expression) throws InterruptedException {
        Json result = call(
                "Runtime.evaluate", Map.of("expression", "String(" + expression + ")", "returnByValue", true));
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + result);
        }
        return result.get("result").get("value").text();
    }

    double number(String expression) throws InterruptedException {
        return Double.parseDouble(ask(expression));
    }

    /// Waits until an expression is true.
    void await(String expression) throws InterruptedException {
        for (int i = 0; i < PATIENCE_SECONDS * 10; i++) {
            if (ask(expression).equals("true")) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("in vain: " + expression + " in " + ask("document.body.innerText"));
    }

    /// Clicks into the middle of an element, as a mouse does.
    ///
    /// @param element an expression
    void click(String element) throws InterruptedException {
        ask("(" + element + ").scrollIntoView({ block: 'center', behavior: 'instant' })");
        String box = "(" + element + ").getBoundingClientRect()";
        double x = number(box + ".x + Math.min(" + box + ".width, 80) / 2");
        double y = number(box + ".y + " + box + ".height / 2");
        for (String type : List.of("mousePressed", "mouseReleased")) {
            call(
                    "Input.dispatchMouseEvent",
                    Map.of("type", type, "x", x, "y", y, "button", "left", "clickCount", 1));
        }
    }

    /// A picture of the whole page, from top to bottom.
    byte[] photograph() throws InterruptedException {
        ask("scrollTo({ top: 0, behavior: 'instant' })");
        Map<String, Object> clip = Map.of(
                "x", 0, "y", 0, "scale", 1, "width", number("document.documentElement.clientWidth"),
                "height", number("document.documentElement.scrollHeight"));
        Json shot = call(
                "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true, "clip", clip));
        return Base64.getDecoder().decode(shot.get("data").text());
    }

    /// What scripts and the console complained about.
    List<String> complaints() {
        return complaints;
    }

    /// All that was fetched.
    List<String> requests() {
        return requests;
    }

    @Override
    public void close() {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            // Before its profile is deleted.
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
