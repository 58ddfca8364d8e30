/* Fuzzes the strict reading of JSON: whatever passes must have members that can be read one by one. */
#include <stdlib.h>

#include "common/core/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    arena_reset(&arena);
    struct str text = {(const char *)data, size};
    struct faults faults;
    faults_init(&faults, &arena);
    const cJSON *tree = json_parse(&arena, text, &faults);
    if (tree == NULL && faults.count == 0)
        abort();
    if (tree == NULL || faults.count > 0)
        return 0;
    json_check_keys(tree, NULL, &faults);
    size_t i = 0;
    for (const cJSON *m = cJSON_IsObject(tree) ? tree->child : NULL; m != NULL && i < 100;
         m = m->next) {
        const cJSON *alone = json_parse(&arena, json_member_text(text, i++), &faults);
        if (alone == NULL || (faults.count == 0 && !cJSON_Compare(alone, m, true)))
            abort();
    }
    return 0;
}
