package io.github.mdetr.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Collectors;

/** The tiny vocabulary as the text of a tokenizer.json, from which tests make others. */
final class TokenizerJsonText {
    private TokenizerJsonText() {}

    static String tiny() throws IOException {
        String vocab = Files.readString(TestFiles.TINY.resolve("vocab.json"));
        String merges = Files.readAllLines(TestFiles.TINY.resolve("merges.txt")).stream()
                .skip(1)
                .map(line -> "\"" + line.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
                .collect(Collectors.joining(","));
        return """
                {"version": "1.0", "truncation": null, "padding": null,
                 "added_tokens": [
                  {"id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
                  {"id": 4, "content": "<mask>", "single_word": false, "lstrip": true, "rstrip": false, "normalized": false, "special": true}],
                 "normalizer": null,
                 "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
                 "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": true, "add_prefix_space": false},
                 "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
                 "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "",
                  "end_of_word_suffix": "", "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
                  "vocab": %s, "merges": [%s]}}
                """.formatted(vocab, merges);
    }
}
