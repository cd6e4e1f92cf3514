#include <kube/transport.h>

void kube_transport_free(kube_transport_t *transport)
{
    if (transport)
        transport->free(transport);
}
