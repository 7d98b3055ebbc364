package org.nnlang.compiler.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.nnlang.compiler.Snapshots;
import org.nnlang.compiler.syntax.Words;

/// Texts between a program and none: those of the project with words taken out, doubled, exchanged and put in, numbers at the edge of what
/// fits, stray characters, lines of other programs, and ends that are missing. The same random numbers make the same text.
final class Mutations {
    private static final List<String> NUMBERS = List.of(
            "0", "-1", "2", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "1e400", "1e-400",
            "0.5", "65536");
    private static final List<String> STRAY = List.of(
            "\0", "\uD83D", "\uDC00", "🙂", "\uFEFF", "\t", "\r\n", "\r", "\u2028", "\"", "\"{", "\"\"\"", "/*", "//",
            "///", "'", "“",
            "${", "\\", "#", "§", "β₁", "=:", "**", "->", "{", "}", "(", ")", "[", "]", "\n", ";", "...", "..", "|>");

    /// Longer programs are cut to some of their declarations: what one has to say of a text does not depend on its length.
    private static final int LONG = 2000;

    private final List<String> programs = new ArrayList<>();
    private final List<String> words;
    private final List<String> lines;

    private Mutations(List<String> programs) {
        this.programs.addAll(programs);
        Set<String> allWords = new LinkedHashSet<>();
        Set<String> allLines = new LinkedHashSet<>();
        for (String program : programs) {
            Words.of(program).all().forEach(word -> allWords.add(word.text(program)));
            program.lines().filter(line -> !line.isBlank()).forEach(allLines::add);
        }
        words = List.copyOf(allWords);
        lines = List.copyOf(allLines);
    }

    /// Of what the tests of this module, the standard library and the samples hold.
    static Mutations ofTheProject() {
        var programs = new ArrayList<String>();
        for (String folder : List.of("compiler/src/test/resources", "stdlib/src/main", "samples")) {
            Path root = Snapshots.root().resolveSibling(folder);
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.filter(file -> isSource(root.relativize(file))).sorted().toList()) {
                    programs.add(Files.readString(file));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new Mutations(programs);
    }

    /// What a build or a training has written would make other texts of the same seeds.
    private static boolean isSource(Path file) {
        for (Path part : file) {
            if (part.endsWith("target") || part.endsWith("out")) {
                return false;
            }
        }
        return file.toString().endsWith(".nn");
    }

    /// A text; now and then a program as it is.
    String text(Random random) {
        String text = program(random);
        for (int count = random.nextInt(4); count > 0; count--) {
            text = mutated(text, random);
        }
        return text;
    }

    private String program(Random random) {
        String program = any(programs, random);
        if (program.length() <= LONG) {
            return program;
        }
        var kept = new StringBuilder();
        for (String part : program
                .split("(?m)^(?=(?:///|fun|val|layer|model|optimizer|train|test|@|private|import))")) {
            if (kept.length() + part.length() <= LONG && random.nextInt(3) > 0) {
                kept.append(part);
            }
        }
        return kept.toString();
    }

    private String mutated(String text, Random random) {
        int place = random.nextInt(text.length() + 1);
        return switch (random.nextInt(12)) {
            case 0 -> text.substring(0, place);
            case 1 -> text.substring(0, place) + any(STRAY, random) + text.substring(place);
            case 2 -> text.substring(0, place) + text.substring(Math.min(text.length(), place + random.nextInt(30)));
            case 3 -> text.replace("\n", any(List.of("\r\n", "\r", ";", "\n\n", " "), random));
            case 4, 5 -> otherLines(text, random);
            default -> otherWords(text, random);
        };
    }

    private String otherLines(String text, Random random) {
        List<String> all = new ArrayList<>(List.of(text.split("\n", -1)));
        int at = random.nextInt(all.size());
        switch (random.nextInt(4)) {
            case 0 -> all.remove(at);
            case 1 -> all.add(at, all.get(random.nextInt(all.size())));
            case 2 -> Collections.swap(all, at, random.nextInt(all.size()));
            default -> all.add(at, any(lines, random));
        }
        return String.join("\n", all);
    }

    private String otherWords(String text, Random random) {
        List<Words.Word> all = Words.of(text).all();
        if (all.isEmpty()) {
            return any(lines, random);
        }
        Words.Word word = any(all, random);
        String here = word.text(text);
        String other = switch (random.nextInt(6)) {
            case 0 -> "";
            case 1 -> here + " " + here;
            case 2 -> any(all, random).text(text);
            case 3 -> here + " " + any(words, random);
            case 4 -> word.kind() == Words.Kind.NUMBER ? any(NUMBERS, random) : any(words, random);
            default -> any(words, random);
        };
        return text.substring(0, word.start()) + other + text.substring(word.end());
    }

    private static <T> T any(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }
}
