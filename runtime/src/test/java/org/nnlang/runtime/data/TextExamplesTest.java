package org.nnlang.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataHeader.Field;

/// New texts, as a model that learnt from texts is asked about them.
class TextExamplesTest {
    /// No special tokens: what is unknown is a mistake.
    private static final Vocabulary LETTERS =
            new Vocabulary(Vocabulary.Kind.CHARACTERS, List.of("a", "b", "c", " ", "\n"));

    @TempDir
    private Path folder;

    private static Field learnt(String... columns) {
        return Field.tokens("text", 8, LETTERS, Framing.BARE).withColumns(List.of(columns));
    }

    private TextExamples read(String name, String contents, String... columns) throws IOException {
        return TextExamples.read(Files.writeString(folder.resolve(name), contents), "tokens", learnt(columns));
    }

    private static String texts(TextExamples examples) {
        var texts = new StringBuilder();
        for (int i = 0; i < examples.count(); i++) {
            texts.append(i == 0 ? "" : "|").append(LETTERS.decode(examples.tokens(i, LETTERS)));
        }
        return texts.toString();
    }

    /// `_` stands for the end of a line.
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '!', value = {
        "x.txt; abc_ba; ; abc|ba",
        "x.txt; ! abc _ba_!; ; abc|ba",
        "x.txt; abc__ba_; ; abc||ba",
        "x; abc_ba; ; abc|ba",
        "x.csv; text_abc_ba_; text; abc|ba",
        "x.csv; ca,body_1,abc_2,\"b,a\"_; body; abc|b,a",
        "x.tsv; ca\tbody_1\tabc_; body; abc",
        "x.csv; text,b_abc,1_; body; abc",
        "x.csv; b,tokens_1,abc_; body; abc",
        "x.csv; abc_ba_; ; abc|ba",
        "x.csv; b,abc_b,ba_; 1; abc|ba",
        "x.csv; abc_ba_; 1; abc|ba",
        "x.csv; b,text_b,ba_; 1; ba",
        "x.csv; text_\"a_b\"_; text; a_b"})
    void aFileHoldsTexts(String name, String contents, String column, String expected) throws IOException {
        String[] columns = column == null ? new String[0] : new String[] {column};
        TextExamples examples = read(name, contents.replace('_', '\n').replace("\\t", "\t"), columns);
        var all = new Vocabulary(
                Vocabulary.Kind.CHARACTERS, List.of("a", "b", "c", " ", "\n", ",", "1", "2", "t", "e", "x"));
        var texts = new StringBuilder();
        for (int i = 0; i < examples.count(); i++) {
            texts.append(i == 0 ? "" : "|").append(all.decode(examples.tokens(i, all)));
        }
        assertEquals(expected, texts.toString().replace('\n', '_'));
    }

    @Test
    void aFolderHoldsAFileForEachText() throws IOException {
        Files.writeString(folder.resolve("2.txt"), "ba");
        Files.writeString(folder.resolve("1.txt"), "ab\nc");
        Files.writeString(folder.resolve(".hidden"), "x");
        Files.createDirectory(folder.resolve("deeper"));
        assertEquals("ab\nc|ba", texts(TextExamples.read(folder, "tokens", learnt())));
    }

    @Test
    void theStandardInputHoldsLines() {
        assertEquals("abc|b", texts(TextExamples.lines("abc\r\nb\r\n".getBytes(StandardCharsets.UTF_8))));
        NnException empty = assertThrows(NnException.class, () -> TextExamples.lines(new byte[0]));
        assertEquals("NN0711", empty.code());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '!', value = {
        "x.csv; id,body_1,abc_; text; NN0709; rename; has no column `text`",
        "x.csv; id,message_1,abc_; text; NN0709; line 1 has `id`, `message`; has no column `text`",
        "x.csv; abc_ba_; text; NN0709; line 1 has `abc`; has no column `text`",
        "x.csv; id,message_1,abc_; ; NN0709; call the column of texts `text`; has no column `text`",
        "x.csv; text_a,b_; text; NN0706; stands in quotes; this row has 2 cells",
        "x.csv; text_; text; NN0711; ; has no examples"})
    void aTableWithoutTextsIsExplained(
            String name, String contents, String column, String code, String help, String message) {
        String[] columns = column == null ? new String[0] : new String[] {column};
        String text = contents.replace("body", "texts").replace('_', '\n');
        NnException e = assertThrows(NnException.class, () -> read(name, text, columns));
        assertEquals(code, e.code(), e::getMessage);
        assertTrue(String.valueOf(e.getMessage()).contains(message), e::getMessage);
        assertTrue(help == null || e.help().contains(help), e::help);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '!', value = {
        "x.txt; abc_a€b; 1; x.txt:2:2: the character `€` (U+20AC)",
        "x.txt; !abc_  𝕏b!; 1; x.txt:2:3: the character `𝕏` (U+1D54F)",
        "x.csv; text,c_€,b_; 0; x.csv:2:1: the character `€`",
        "x.csv; c,text_a,bx_; 0; x.csv:2:4: the character `x`"})
    void aCharacterThatNobodyKnowsIsPointedAt(String name, String contents, int example, String message)
            throws IOException {
        TextExamples examples = read(name, contents.replace('_', '\n'), "text");
        NnException e = assertThrows(NnException.class, () -> examples.tokens(example, LETTERS));
        assertEquals("NN0716", e.code());
        assertTrue(String.valueOf(e.getMessage()).contains(message), e::getMessage);
    }

    @Test
    void tokensAreFramedCutAndFilledAsTheFieldSays() {
        int[] tokens = {7, 8, 9};
        assertArrayEquals(tokens, Framing.BARE.apply(tokens));
        assertArrayEquals(new int[] {1, 7, 8, 9, 2}, Framing.FRAMED.apply(tokens));
        assertArrayEquals(new int[] {1, 7, 8, 2}, new Framing(true, 4, false).apply(tokens));
        assertArrayEquals(new int[] {1, 7, 8, 9, 2, 0}, new Framing(true, 6, true).apply(tokens));
        assertArrayEquals(new int[] {1, 2}, Framing.FRAMED.apply(new int[0]));
        assertTrue(new Framing(true, 4, false).cuts(3));
        assertFalse(new Framing(true, 5, false).cuts(3));
        assertThrows(IllegalArgumentException.class, () -> new Framing(false, 0, true));
    }

    /// What a checkpoint keeps is what the reader did.
    @Test
    void aHeaderTellsHowItsTextsBecameTokens() throws IOException {
        Files.writeString(folder.resolve("t.csv"), "kind,body\nx,abc\ny,a\nx,b\n");
        Files.writeString(folder.resolve("p.tsv"), "abc\tA B C\nab\tA B\na\tA\n");
        var data = new TempData(folder);
        assertField(
                "Framing[framed=true, most=4, filled=false], [body]", data.header(TempData.source(
                        "texts", "path", "t.csv", "label", "kind", "text", "body", "longest", 4L, "held_out", 0L)),
                0);
        assertField(
                "Framing[framed=true, most=9, filled=true], [1]", data.header(TempData.source(
                        "texts", "path", "t.csv", "length", 9L, "held_out", 0L)),
                0);
        DataHeader pairs = data.header(TempData.source("pairs", "path", "p.tsv", "target", "words", "held_out", 0L));
        assertField("Framing[framed=false, most=0, filled=false], []", pairs, 0);
        assertField("Framing[framed=true, most=0, filled=false], []", pairs, 1);
        assertField("Framing[framed=false, most=0, filled=false], []", data.header(TempData.source(
                "pairs", "path", "p.tsv", "target", "words", "aligned", true, "held_out", 0L)), 1);
        assertField("Framing[framed=false, most=0, filled=false], []", data.header(TempData.source(
                "chars", "path", "p.tsv", "window", 2L, "held_out", 0L)), 0);
    }

    private static void assertField(String expected, DataHeader header, int field) {
        Field kept = DataHeader.fromJson(header.toJson()).fields().get(field);
        assertEquals(header.fields().get(field), kept);
        assertEquals(expected, kept.framing() + ", " + kept.columns());
    }
}
