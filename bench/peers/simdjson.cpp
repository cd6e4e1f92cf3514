/* simdjson's DOM; the parser, and with it its memory, is used again when warm. It allocates far more than it touches, so that what counts
 * as its object is by how much the process grew. */
#include <memory>
#include <string>
#include <simdjson.h>
#include "harness.h"

namespace
{

const input_t *input;
std::unique_ptr<simdjson::dom::parser> parser;
simdjson::dom::element document;
std::string text;
size_t resident_before;

bool prepare(const input_t *given)
{
    static_assert(INPUT_PADDING >= simdjson::SIMDJSON_PADDING, "the input is padded");
    input = given;
    resident_before = resident_bytes();
    return true;
}

bool decode()
{
    if (!parser)
        parser = std::make_unique<simdjson::dom::parser>();
    return parser->parse(input->text, input->len, false).get(document) == simdjson::SUCCESS;
}

void release()
{
    if (!input->warm)
        parser.reset();
}

bool encode(output_t *output)
{
    text = simdjson::minify(document);
    *output = {text.data(), text.size()};
    return true;
}

void release_output()
{
    text = std::string();
}

size_t object_bytes()
{
    return resident_bytes() - resident_before;
}

} // namespace

int main(int argc, char **argv)
{
    static const peer_t peer = {prepare, decode, release, encode, release_output, object_bytes};
    return peer_main(&peer, argc, argv);
}
