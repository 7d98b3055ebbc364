package org.nnlang.maven;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;

/** Fails where a program is not written in the style of the language, and names it. */
@Mojo(name = "format-check", defaultPhase = LifecyclePhase.VERIFY, threadSafe = true)
public final class FormatCheckMojo extends NnMojo {
    @Override
    void run(List<Path> programs) throws MojoExecutionException, MojoFailureException {
        if (programs.isEmpty()) {
            return;
        }
        List<Object> arguments = new ArrayList<>(List.of("format", "--check"));
        arguments.addAll(programs);
        if (show(List.of("-XX:TieredStopAtLevel=1"), arguments.toArray()) != 0) {
            throw new MojoFailureException("a .nn program is not in the style of the language: `mvn nn:format`");
        }
    }
}
