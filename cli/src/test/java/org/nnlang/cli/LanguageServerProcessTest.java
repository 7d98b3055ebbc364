package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `nn lsp` as an editor starts it.
class LanguageServerProcessTest {
    @TempDir
    private Path folder;

    private Process start() throws IOException {
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xmx256m",
                "-XX:TieredStopAtLevel=1", "-Dnn.cache=" + folder.resolve("cache"), "-cp",
                System.getProperty("java.class.path"), Main.class.getName(), "lsp")
                .directory(folder.toFile())
                .redirectError(folder.resolve("err.txt").toFile())
                .start();
    }

    private static void send(OutputStream out, String message) throws IOException {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        out.write(("Content-Length: " + bytes.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.flush();
    }

    /// The next message, which must begin where the last one ended: nothing else is on the standard output.
    private static String receive(InputStream in) throws IOException {
        var header = new StringBuilder();
        while (!header.toString().endsWith("\r\n\r\n")) {
            int read = in.read();
            assertTrue(read >= 0, () -> "the output ends with " + header);
            header.append((char) read);
        }
        String length = header.toString().replaceFirst("(?s)^Content-Length: (\\d+)\r\n.*$", "$1");
        return new String(in.readNBytes(Integer.parseInt(length)), StandardCharsets.UTF_8);
    }

    private static String receive(InputStream in, String part) throws IOException {
        String message = receive(in);
        while (!message.contains(part)) {
            message = receive(in);
        }
        return message;
    }

    private static int exitCode(Process process) throws InterruptedException {
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        assertTrue(ended, "it goes on");
        return process.exitValue();
    }

    @Test
    void itServesUntilTheEditorSaysGoodbye() throws IOException, InterruptedException {
        Process process = start();
        try (OutputStream out = process.getOutputStream(); InputStream in = process.getInputStream()) {
            send(out, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"capabilities\":{}}}");
            assertTrue(receive(in, "\"id\":1").contains("\"inlayHintProvider\":true"));
            send(out, "{\"jsonrpc\":\"2.0\",\"method\":\"initialized\",\"params\":{}}");
            String uri = folder.resolve("net.nn").toUri().toString();
            send(out, """
                    {"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"%s","languageId":"nn","version":7,
                    "text":"model Net()(x: f32[b, 4]) -> f32[b, 3] = x @ zeros([5, 3])\\n"}}}""".formatted(uri));
            String told = receive(in, "publishDiagnostics");
            assertTrue(told.contains("NN0203") && told.contains("\"version\":7"), told);
            send(out, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"shutdown\"}");
            receive(in, "\"id\":2");
            send(out, "{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}");
            assertEquals(0, exitCode(process));
            assertEquals(-1, in.read());
        } finally {
            process.destroyForcibly();
        }
        assertEquals(List.of(), Files.readAllLines(folder.resolve("err.txt")));
    }

    @Test
    void withoutAnEditorItEnds() throws IOException, InterruptedException {
        Process process = start();
        process.getOutputStream().close();
        assertEquals(1, exitCode(process));
        assertEquals(0, process.getInputStream().readAllBytes().length);
    }
}
