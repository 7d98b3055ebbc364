package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.json.Json;

/// The page about a run, in a real browser. Its photographs are left in `target/pages`, to be looked at.
class BrowserTest {
    private static final Path PAGES = Path.of("target/pages");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @BeforeEach
    void samples() throws IOException {
        Repository.copySamples(folder, "digits/digits8x8.csv", "digits/digits.nn", "iris/iris.csv", "iris/iris.nn");
        // Those that are watched end when the test says so.
        Path iris = folder.resolve("iris.nn");
        Files.writeString(iris, Files.readString(iris).replaceAll("(?m)^ *early_stop.*\n", ""));
        Files.createDirectories(PAGES);
    }

    /// Keeps a picture, and holds that something is on it: not one colour alone.
    private static void keep(byte[] png, String name) throws IOException {
        Files.write(PAGES.resolve(name + ".png"), png);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        long colours = Arrays.stream(pixels).distinct().count();
        assertTrue(image.getHeight() > 2000 && colours > 100, () -> image + " with " + colours + " colours");
    }

    @Test
    void aReportIsClickedAndPhotographed() throws Exception {
        try (Browser browser = Browser.open(folder)) {
            Path page = folder.resolve("digits.html");
            Answer.good(
                    "train", folder.resolve("digits.nn"), "--epochs", 4, "--output", folder, "--report", page);
            String address = page.toUri().toString().replaceFirst("^file:/+", "file:///");
            browser.go(address);
            assertEquals("Run|Curves|Rate and norms|Answers|Model|Kernels|Again", browser.ask(
                    "[...document.querySelectorAll('nav a')].map(a => a.textContent).join('|')"));
            keep(browser.photograph(), "report");

            // A link of the list leads to its section.
            browser.click("document.querySelector('nav a[href=\"#kernels\"]')");
            browser.await("location.hash === '#kernels'");
            browser.await("Math.abs(document.getElementById('kernels').getBoundingClientRect().y) < 120");

            // What is folded opens.
            String program =
                    "[...document.querySelectorAll('details')].find(d => d.innerText.startsWith('the program'))";
            assertEquals("false", browser.ask(program + ".open"));
            browser.click(program + ".querySelector('summary')");
            browser.await(program + ".open");
            assertTrue(browser.number(program + ".querySelector('pre').offsetHeight") > 100);

            // Pictures of examples are pictures, and nothing is wider than the page.
            assertEquals("true", browser.ask("[...document.images].every(i => i.naturalWidth === 8)"));
            assertTrue(browser.number("document.images.length") > 5);
            assertEquals("true", browser.ask("document.documentElement.scrollWidth <= innerWidth"));
            assertEquals("true", browser.ask(
                    "[...document.querySelectorAll('figure svg')].every(s => s.getBoundingClientRect().width <= 1080)"));
            assertEquals(List.of(), browser.complaints());
            assertEquals(
                    List.of(),
                    browser.requests().stream().filter(url -> !url.startsWith("data:") && !url.startsWith(address))
                            .toList(),
                    "it fetches nothing");
        }
    }

    /// A training in a process of its own, and the address of its page.
    private Process train(Object... more) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules",
                "jdk.incubator.vector", "-XX:+UseSerialGC", "-Xmx256m", "-cp", System.getProperty("java.class.path"),
                Main.class.getName(), "train", folder.resolve("iris.nn").toString(), "--threads", "1", "--output",
                folder.toString()));
        Arrays.stream(more).map(String::valueOf).forEach(command::add);
        return new ProcessBuilder(command).redirectOutput(folder.resolve("out.txt").toFile()).start();
    }

    private static String address(BufferedReader err) throws IOException {
        String line = err.readLine();
        while (line != null && !line.startsWith("watch at ")) {
            line = err.readLine();
        }
        assertTrue(line != null, "there is no page");
        return line.substring("watch at ".length());
    }

    @Test
    void aRunIsWatchedWhileItGoesOn() throws Exception {
        try (Browser browser = Browser.open(folder)) {
            Process process = train("--watch=0", "--set", "epochs=2000000", "--set", "lr=1e-6");
            try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
                browser.go(address(err));
                browser.await("document.getElementById('live').textContent === '● live'");
                browser.await("document.querySelectorAll('#curves figure').length >= 4");
                browser.await("document.querySelectorAll('#kernels tr').length > 4");

                // It changes under the reader's eyes, and what was folded up stays so.
                String lead = "document.querySelector('#run').innerText";
                String graph = "document.querySelector('#kernels details')";
                browser.click(graph + ".querySelector('summary')");
                browser.await("!" + graph + ".open");
                String before = browser.ask(lead);
                browser.await(lead + " !== " + Json.of(before));
                assertEquals("false", browser.ask(graph + ".open"));
                keep(browser.photograph(), "watch");

                // A polite kill, as Ctrl-C, ends the training, and the reader is told.
                process.destroy();
                browser.await("document.getElementById('live').textContent === 'ended'");
                assertTrue(browser.ask(lead).contains("interrupted"), browser.ask(lead));
                assertEquals(List.of(), browser.complaints());
                assertTrue(process.waitFor(20, TimeUnit.SECONDS));
            } finally {
                process.destroyForcibly();
            }
            assertTrue(Files.readString(folder.resolve("out.txt")).contains("interrupted after"));
        }
    }

    @Test
    void aPortIsTakenOrNone() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Answer answer = Answer.to(
                    "train", folder.resolve("iris.nn"), "--output", folder, "--watch=" + taken.getLocalPort());
            assertEquals(1, answer.exit());
            assertTrue(answer.err().startsWith("error[NN0859]: port " + taken.getLocalPort() + " is taken"),
                    answer::err);
            assertTrue(answer.err().contains("--watch=0"), answer::err);
        }
        Answer large = Answer.to("train", folder.resolve("iris.nn"), "--watch=70000");
        assertEquals(2, large.exit());
        assertTrue(
                large.err()
                        .contains("a port, a number from 0 to 65535 where 0 is any that is free, and this is `70000`"),
                large::err);
    }

    /// What a server answers to raw lines.
    private static String send(String address, String... lines) throws IOException {
        int port = URI.create(address).getPort();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .lines().collect(Collectors.joining("\n"));
        }
    }

    @Test
    void onlyThisMachineLooksOn() throws Exception {
        Process process = train("--set", "epochs=2000000", "--set", "lr=1e-6", "--watch=0");
        try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
            String address = address(err);
            String page = send(address, "GET / HTTP/1.1", "Host: localhost", "Connection: close");
            assertTrue(page.startsWith("HTTP/1.1 200") && page.contains("<h1>Species</h1>"), page);
            String update = send(address, "GET /update?after=0 HTTP/1.1", "Host: 127.0.0.1:1", "Connection: close");
            assertTrue(update.contains("\"ended\":false"), update);
            String elsewhere = send(address, "GET / HTTP/1.1", "Host: evil.example", "Connection: close");
            assertTrue(elsewhere.startsWith("HTTP/1.1 403") && !elsewhere.contains("Species"), elsewhere);
            assertTrue(send(address, "GET /etc/passwd HTTP/1.1", "Host: localhost", "Connection: close")
                    .startsWith("HTTP/1.1 404"));
            assertTrue(send(address, "POST / HTTP/1.1", "Host: localhost", "Content-Length: 0", "Connection: close")
                    .startsWith("HTTP/1.1 405"));
        } finally {
            process.destroyForcibly();
        }
    }
}
