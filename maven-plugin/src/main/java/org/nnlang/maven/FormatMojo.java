package org.nnlang.maven;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;

/** Writes all programs in the style of the language, and names those that change. */
@Mojo(name = "format", threadSafe = true)
public final class FormatMojo extends NnMojo {
    @Override
    void run(List<Path> programs) throws MojoExecutionException, MojoFailureException {
        if (programs.isEmpty()) {
            return;
        }
        List<Object> arguments = new ArrayList<>(List.of("format"));
        arguments.addAll(programs);
        if (show(List.of("-XX:TieredStopAtLevel=1"), arguments.toArray()) != 0) {
            throw new MojoFailureException("a .nn program can't be formatted; what keeps it stands above");
        }
    }
}
