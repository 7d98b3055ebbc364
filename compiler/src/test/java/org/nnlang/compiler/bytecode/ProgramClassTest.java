package org.nnlang.compiler.bytecode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.SampleSteps;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.util.CheckClassAdapter;
import org.objectweb.asm.util.Textifier;
import org.objectweb.asm.util.TraceClassVisitor;

class ProgramClassTest {
    private static Image image() {
        var procedure = SampleSteps.classifier(20, 16, 5);
        return Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
    }

    @Test
    void everyClassPassesTheVerifier() {
        Map<String, byte[]> files = ProgramClass.of("nn.Step", image()).files();
        var loader = new Defining(files);
        files.forEach((name, bytes) -> {
            var complaints = new StringWriter();
            CheckClassAdapter.verify(new ClassReader(bytes), loader, false, new PrintWriter(complaints));
            assertEquals("", complaints.toString(), name);
        });
    }

    @Test
    void stepsAreMethodsNamedAfterWhatTheyCompute() {
        var text = new StringWriter();
        byte[] bytes = ProgramClass.of("nn.Step", image()).files().get("nn.Step");
        new ClassReader(bytes).accept(new TraceClassVisitor(null, new Textifier(), new PrintWriter(text)), 0);
        assertTrue(text.toString().contains("step0_product_add_max"), text::toString);
        assertTrue(text.toString().contains("org/nnlang/runtime/kernel/Gemm.batched"), text::toString);
    }

    @Test
    void anImageSurvivesBeingWrittenAndRead() throws IOException {
        Image image = image();
        var out = new ByteArrayOutputStream();
        image.encode(out);
        assertEquals(image, Image.decode(new ByteArrayInputStream(out.toByteArray())));
    }

    @Test
    void aDamagedImageIsRefused() throws IOException {
        var out = new ByteArrayOutputStream();
        image().encode(out);
        byte[] bytes = out.toByteArray();
        for (int length = 0; length < bytes.length; length += 97) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThrows(IOException.class, () -> Image.decode(new ByteArrayInputStream(part)));
        }
        byte[] other = bytes.clone();
        other[0]++;
        assertThrows(IOException.class, () -> Image.decode(new ByteArrayInputStream(other)));
    }

    @Test
    void theRuntimeAloneRunsACompiledProgram(@TempDir Path folder) throws Exception {
        Image image = image();
        ProgramClass written = ProgramClass.of("nn.Step", image);
        for (var file : written.files().entrySet()) {
            Path path = folder.resolve(file.getKey().replace('.', '/') + ".class");
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
        try (var out = Files.newOutputStream(folder.resolve("nn/Step.image"))) {
            image.encode(out);
        }
        Map<String, float[]> expected = SampleSteps.train(image, CompiledProgram.interpreted(), 3);
        URL runtime = Image.class.getProtectionDomain().getCodeSource().getLocation();
        URL tests = new File(SampleSteps.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toURI()
                .toURL();
        // Nothing but the JDK, the runtime, the program, and the one test class that drives it.
        try (var loader = new OnlyThese(new URL[] {runtime, folder.toUri().toURL(), tests})) {
            Class<?> driver = loader.loadClass("org.nnlang.compiler.plan.TrainedByRuntime");
            Object result = driver.getMethod("train", ClassLoader.class, String.class, int.class)
                    .invoke(null, loader, "nn.Step", 3);
            @SuppressWarnings("unchecked")
            var actual = (Map<String, float[]>) result;
            assertEquals(expected.keySet(), actual.keySet());
            expected.forEach((name, values) -> assertArrayEquals(values, actual.get(name), 0, name));
        }
        assertThrows(
                ClassNotFoundException.class,
                () -> new OnlyThese(new URL[] {runtime}).loadClass("org.nnlang.compiler.plan.Planner"));
    }

    private static final class Defining extends ClassLoader {
        private final Map<String, byte[]> files;

        Defining(Map<String, byte[]> files) {
            super(ProgramClassTest.class.getClassLoader());
            this.files = files;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = files.get(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }

    /// Sees the JDK and its own files; of the compiler, only the test's driver.
    private static final class OnlyThese extends URLClassLoader {
        OnlyThese(URL[] urls) {
            super(urls, ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("org.nnlang.compiler.") && !name.endsWith("TrainedByRuntime")
                    || name.startsWith("org.objectweb.")) {
                throw new ClassNotFoundException(name);
            }
            return super.findClass(name);
        }
    }
}
