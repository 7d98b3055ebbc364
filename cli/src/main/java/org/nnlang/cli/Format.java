package org.nnlang.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.nnlang.compiler.diagnostic.HumanRenderer;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.syntax.Formatted;
import org.nnlang.compiler.syntax.Formatter;
import org.nnlang.files.FileSources;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.file.Refusal;
import org.nnlang.runtime.file.Replacement;
import picocli.CommandLine;

/// `nn format FILE…`: writes programs in the style of the language.
final class Format implements Callable<Integer> {
    final Usage usage = new Usage(this, "format", "Write programs in the style of the language.",
            "Files are replaced, and those named that change. One with a mistake in its syntax is left as it is.")
            .footer("", "In a build:      nn format --check src",
                    "In an editor:    nn format - < model.nn");

    private static final Path STANDARD_INPUT = Path.of("-");

    /// What builds make, beside what is hidden.
    private static final Set<String> BUILT = Set.of("target", "build");

    private final Given<List<Path>> places = usage.parameters(Path.class, "FILE",
            "Programs, .nn files; a folder stands for all that are in it; - reads one and writes it to the standard output.");

    private final Given<Boolean> check =
            usage.flag("--check", "Change nothing; name what would change, and end with 1 if there is any.");

    private final Console console = usage.console();

    private boolean failed;

    @Override
    public Integer call() throws IOException {
        if (places.get().contains(STANDARD_INPUT)) {
            if (places.get().size() > 1) {
                throw usage.misuse("`-` stands alone: what is read has one output");
            }
            standardInput();
        } else {
            files().forEach(this::file);
        }
        return failed ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private void standardInput() throws IOException {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(System.in.readAllBytes())).toString();
        } catch (CharacterCodingException e) {
            throw new NnException("NN0851", "the standard input is not UTF-8 text", "save it as UTF-8", e);
        }
        String formatted = formatted(new SourceFile("<stdin>", text));
        if (check.get()) {
            tell("<stdin>", text, formatted);
        } else if (!failed) {
            // What the locale's encoding lacks must not be lost on the way.
            byte[] bytes = formatted.getBytes(StandardCharsets.UTF_8);
            System.out.write(bytes, 0, bytes.length);
            System.out.flush();
        }
    }

    private void file(Path path) {
        try {
            SourceFile file = FileSources.around(path).program(path);
            String formatted = formatted(file);
            if (!check.get() && !formatted.equals(file.text())) {
                write(path, formatted);
            }
            tell(path.toString(), file.text(), formatted);
        } catch (NnException | IllegalStateException e) {
            console.failed(e);
            failed = true;
        }
    }

    /// The text of a file in the style of the language, or as it is if that can't be read.
    private String formatted(SourceFile file) {
        Formatted formatted = Formatter.format(file);
        System.err.print(new HumanRenderer(console.colored()).render(formatted.diagnostics().sorted()));
        failed |= formatted.diagnostics().hasErrors();
        return formatted.text();
    }

    private void tell(String name, String before, String after) {
        if (!before.equals(after)) {
            System.out.println(name);
            failed |= check.get();
        }
    }

    private static void write(Path path, String text) {
        try {
            Replacement.replace(path, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            Refusal refusal = Refusal.toWrite(path, e);
            throw new NnException("NN0852", path + " can't be written: " + refusal.reason(), refusal.way(), e);
        }
    }

    /// The files that were named, and those of folders, each once.
    private Set<Path> files() {
        Set<Path> files = new LinkedHashSet<>();
        for (Path place : places.get()) {
            if (Files.isDirectory(place)) {
                List<Path> found = new ArrayList<>();
                collect(place, found);
                if (found.isEmpty()) {
                    console.error(new NnException("NN0851", "there is no .nn file in " + place,
                            "name a folder that has some; hidden ones, target and build are passed over"));
                    failed = true;
                }
                files.addAll(found);
            } else {
                files.add(place);
            }
        }
        return files;
    }

    /// Links are not followed: where they lead, a file has another name.
    private void collect(Path folder, List<Path> found) {
        List<Path> children;
        try (Stream<Path> all = Files.list(folder)) {
            children = all.sorted().toList();
        } catch (IOException e) {
            unreadable(folder, e);
            return;
        } catch (UncheckedIOException e) {
            unreadable(folder, Objects.requireNonNull(e.getCause()));
            return;
        }
        for (Path child : children) {
            String name = String.valueOf(child.getFileName());
            if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                if (!name.startsWith(".") && !BUILT.contains(name)) {
                    collect(child, found);
                }
            } else
                if (name.endsWith(".nn") && !name.startsWith(".")
                        && Files.isRegularFile(child, LinkOption.NOFOLLOW_LINKS)) {
                            found.add(child);
                        }
        }
    }

    private void unreadable(Path folder, IOException cause) {
        Refusal refusal = Refusal.toRead(folder, cause);
        console.error(new NnException("NN0851", folder + " can't be read: " + refusal.reason(), refusal.way(), cause));
        failed = true;
    }
}
