import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Makes a table of mails: `ham` or `spam`, a tab, subject and text in quotes. Of the other headers nothing is kept: they
/// tell which collector, server and list a mail came through, and by that whether it is spam. Of several parts the first
/// plain text counts, or the first HTML without its tags. Mails with the same words stand once, so that none is held out
/// that was learnt from.
public final class Mails {
    private static final int MOST_CHARACTERS = 4000;
    private static final Pattern ENCODED_WORD = Pattern.compile("=\\?([^?*]+)[^?]*\\?([bBqQ])\\?([^?]*)\\?=");
    private static final Pattern TAG = Pattern.compile(
            "(?is)<!--.*?-->|<(script|style)\\b.*?</\\1\\s*>|<[a-z/!?][^>]*>");
    private static final Pattern ENTITY = Pattern.compile("&(#\\d{1,6}|[a-zA-Z]+);");

    private Mails() {}

    /// @param arguments the folder of the corpus, and the file to write
    public static void main(String[] arguments) throws IOException {
        Path corpus = Path.of(arguments[0]);
        Set<String> known = new HashSet<>();
        int[] counts = new int[2];
        int mails = 0;
        var out = new StringBuilder();
        for (String group : List.of("easy-ham-1", "easy-ham-2", "hard-ham-1", "spam-1", "spam-2")) {
            int label = group.startsWith("spam") ? 1 : 0;
            List<Path> files;
            try (Stream<Path> all = Files.list(corpus.resolve(group))) {
                files = all.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
            }
            for (Path file : files) {
                mails++;
                String text = text(Files.readString(file, StandardCharsets.ISO_8859_1));
                String words = text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}]+", " ").strip();
                if (words.isEmpty() || !known.add(words)) {
                    continue;
                }
                counts[label]++;
                out.append(label == 0 ? "ham" : "spam").append("\t\"").append(text.replace("\"", "\"\"")).append("\"\n");
            }
        }
        Files.writeString(Path.of(arguments[1]), out);
        System.err.println(mails + " mails, of which " + counts[0] + " of ham and " + counts[1] + " of spam differ");
    }

    /// Subject and text on one line.
    private static String text(String mail) {
        Part part = Part.of(mail.replace("\r\n", "\n"), 0);
        String subject = words(part.header("subject"));
        String all = subject + " | " + part.text();
        // Blanks of all kinds are one, and what cannot be seen is none.
        String flat = all.replaceAll("[\\s\\p{Z}\\p{Cc}\\p{Cf}\\p{Co}\\p{Cn}\\p{Cs}]+", " ").strip();
        int end = flat.offsetByCodePoints(0, Math.min(MOST_CHARACTERS, flat.codePointCount(0, flat.length())));
        return flat.substring(0, end).strip();
    }

    /// A mail, or a part of one, with its headers.
    private record Part(String headers, String body, int depth) {
        static Part of(String text, int depth) {
            int blank = text.startsWith("\n") ? 0 : text.indexOf("\n\n");
            String headers = blank < 0 ? text : text.substring(0, blank);
            String body = blank < 0 ? "" : text.substring(blank + (blank == 0 ? 1 : 2));
            return new Part(headers.replaceAll("\n[ \t]+", " "), body, depth);
        }

        String header(String name) {
            Matcher matcher = Pattern.compile("(?im)^" + name + ":[ \t]*(.*)$").matcher(headers);
            return matcher.find() ? matcher.group(1).strip() : "";
        }

        private String parameter(String name) {
            Matcher matcher = Pattern.compile("(?i);\\s*" + name + "\\s*=\\s*(\"([^\"]*)\"|[^\\s;]+)")
                    .matcher(header("content-type"));
            return !matcher.find() ? "" : matcher.group(2) != null ? matcher.group(2) : matcher.group(1);
        }

        String type() {
            String type = header("content-type").toLowerCase(Locale.ROOT);
            return type.isEmpty() ? "text/plain" : type;
        }

        /// The text that a reader sees; empty where there is none.
        String text() {
            String type = type();
            String boundary = parameter("boundary");
            if (type.startsWith("multipart/") && !boundary.isEmpty() && depth < 8) {
                List<Part> parts = parts(boundary);
                for (String wanted : List.of("text/plain", "multipart/", "text/html")) {
                    for (Part part : parts) {
                        String text = part.type().startsWith(wanted) ? part.text() : "";
                        if (!text.isBlank()) {
                            return text;
                        }
                    }
                }
                return "";
            }
            if (!type.startsWith("text/")) {
                return "";
            }
            String decoded = decoded();
            return type.startsWith("text/html") || decoded.stripLeading().regionMatches(true, 0, "<html", 0, 5)
                    ? plain(decoded)
                    : decoded;
        }

        private List<Part> parts(String boundary) {
            var parts = new ArrayList<Part>();
            String[] pieces = ("\n" + body).split("\n--" + Pattern.quote(boundary), -1);
            for (int i = 1; i < pieces.length && !pieces[i].startsWith("--"); i++) {
                int line = pieces[i].indexOf('\n');
                parts.add(of(line < 0 ? "" : pieces[i].substring(line + 1), depth + 1));
            }
            return parts;
        }

        private String decoded() {
            byte[] bytes = switch (header("content-transfer-encoding").toLowerCase(Locale.ROOT)) {
                case "base64" -> base64(body);
                case "quoted-printable" -> quotedPrintable(body, false);
                default -> body.getBytes(StandardCharsets.ISO_8859_1);
            };
            return new String(bytes, charset(parameter("charset")));
        }
    }

    /// The charset of that name; what is unknown is read as the one most mails have.
    private static Charset charset(String name) {
        try {
            Charset charset = name.isEmpty() ? StandardCharsets.ISO_8859_1 : Charset.forName(name);
            return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.ISO_8859_1 : charset;
        } catch (IllegalCharsetNameException | UnsupportedCharsetException _) {
            return StandardCharsets.ISO_8859_1;
        }
    }

    private static byte[] base64(String text) {
        try {
            return Base64.getMimeDecoder().decode(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException _) {
            return new byte[0];
        }
    }

    /// RFC 2045, §6.7; in a header a `_` is a blank (RFC 2047, §4.2).
    private static byte[] quotedPrintable(String text, boolean header) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '=' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                i++;
            } else if (c == '=' && i + 2 < text.length() && Character.digit(text.charAt(i + 1), 16) >= 0
                    && Character.digit(text.charAt(i + 2), 16) >= 0) {
                bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.write(header && c == '_' ? ' ' : c);
            }
        }
        return bytes.toByteArray();
    }

    private static String words(String header) {
        return ENCODED_WORD.matcher(header).replaceAll(word -> {
            byte[] bytes = word.group(2).equalsIgnoreCase("b")
                    ? base64(word.group(3))
                    : quotedPrintable(word.group(3), true);
            return Matcher.quoteReplacement(new String(bytes, charset(word.group(1))));
        });
    }

    private static String plain(String html) {
        String text = TAG.matcher(html).replaceAll(" ");
        return ENTITY.matcher(text).replaceAll(entity -> {
            String name = entity.group(1);
            String meaning = switch (name.toLowerCase(Locale.ROOT)) {
                case "amp" -> "&";
                case "lt" -> "<";
                case "gt" -> ">";
                case "quot" -> "\"";
                case "nbsp" -> " ";
                default -> name.startsWith("#") && Character.isValidCodePoint(Integer.parseInt(name.substring(1)))
                        ? Character.toString(Integer.parseInt(name.substring(1)))
                        : " ";
            };
            return Matcher.quoteReplacement(meaning);
        });
    }
}
