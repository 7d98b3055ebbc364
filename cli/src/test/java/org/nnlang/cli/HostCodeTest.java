package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.tensor.Tensor;

/// A user's class on `--class-path` is a function of the language for every command, and for what was compiled with it.
class HostCodeTest {
    private static final String OPERATION = """
            package com.example;

            import java.util.List;
            import org.nnlang.runtime.operation.Operation;

            public final class Arctangent implements Operation.Unary {
                public String name() { return "arctan"; }
                public String documentation() { return "the angle whose tangent is x"; }
                public double apply(double x) { return StrictMath.atan(x); }
                public List<String> gradients() { return List.of("1 / (1 + x^2)"); }
            }
            """;

    private static final String PROGRAM = """
            model Angle()(x: f32[b, 1]) -> f32[b, 1] = arctan(x)

            train Sines(steps: Int = 20, seed: Int = 1) {
                val net = Dense(8, arctan)
                val head = Dense(1)
                step {
                    val x = uniform([16, 1], low = -3, high = 3)
                    minimize mse(head(net(x)), sin(x)) with Adam(0.02)
                }
            }

            test "a right angle's half" {
                assert close(arctan(1), pi / 4)
                val x = [0.0, 2.0]
                assert close(grad(arctan(x), x), [1, 0.2])
            }
            """;

    @TempDir
    private Path folder;

    private Path classes = Path.of("");
    private Path program = Path.of("");

    @BeforeEach
    void compile() throws IOException {
        Path source = Files.writeString(folder.resolve("Arctangent.java"), OPERATION);
        classes = folder.resolve("classes");
        var said = new ByteArrayOutputStream();
        int failed = ToolProvider.getSystemJavaCompiler().run(
                null, said, said, "-proc:none", "-cp", System.getProperty("java.class.path"), "-d", classes.toString(),
                source.toString());
        assertEquals(0, failed, () -> said.toString(StandardCharsets.UTF_8));
        Path services = Files.createDirectories(classes.resolve("META-INF/services"));
        Files.writeString(services.resolve(Operation.class.getName()), "com.example.Arctangent\n");
        program = Files.writeString(folder.resolve("angle.nn"), PROGRAM);
    }

    @Test
    void commandsSeeIt() {
        assertEquals(program + ": no mistakes\n", Answer.good("check", "--class-path", classes, program).out());
        assertTrue(Answer.good("test", "--class-path", classes, program).out().contains("1 passed, 0 failed"));
        assertEquals(0, Answer.to("train", "--class-path", classes, "--output", folder, program).exit());
        String doctor = Answer.to("doctor", "--class-path", classes).out();
        assertTrue(doctor.contains("operation: arctan(x), com.example.Arctangent"), doctor);
    }

    @Test
    void withoutItTheNameIsUnknown() {
        Answer answer = Answer.to("check", program);
        assertEquals(1, answer.exit());
        assertTrue((answer.out() + answer.err()).contains("`arctan`"), answer::toString);
        assertFalse(Answer.to("doctor").out().contains("arctan"));
    }

    @Test
    void whatIsNotThereIsSaid() {
        Answer answer = Answer.to(
                "check", "--class-path", classes + File.pathSeparator + folder.resolve("clases"), program);
        assertEquals(1, answer.exit());
        assertTrue(answer.err().contains("error[NN0851]") && answer.err().contains("did you mean"), answer::err);
    }

    @Test
    void aBrokenRegistrationIsSaid() throws IOException {
        Files.writeString(classes.resolve("META-INF/services/" + Operation.class.getName()), "com.example.Missing\n");
        Answer answer = Answer.to("check", "--class-path", classes, program);
        assertEquals(1, answer.exit());
        assertTrue(answer.err().contains("error[NN0870]") && answer.err().contains("com.example.Missing"), answer::err);
    }

    @Test
    void aCompiledModelFindsItOrSaysThatItIsMissing() throws IOException {
        Path jar = folder.resolve("angle.jar");
        Answer.good("compile", "--class-path", classes, "--output", jar, program);
        URL[] both = {jar.toUri().toURL(), classes.toUri().toURL()};
        try (var loader = new URLClassLoader(both, getClass().getClassLoader()); Team team = Team.of(1)) {
            Tensor y = Model.load("Angle", loader, team)
                    .predict(Map.of("x", Tensor.of(new float[] {1, -2}, 2, 1))).get("out");
            assertEquals((float) StrictMath.atan(1), y.get(0));
            assertEquals((float) StrictMath.atan(-2), y.get(1));
        }
        URL[] alone = {jar.toUri().toURL()};
        try (var loader = new URLClassLoader(alone, getClass().getClassLoader()); Team team = Team.of(1)) {
            NnException missing = assertThrows(
                    NnException.class, () -> Model.load("Angle", loader, team));
            assertEquals("NN0872", missing.code());
        }
    }
}
