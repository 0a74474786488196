//! Parts by themselves, as offline holders and those who gather their signatures see them.

use super::recipe::{ROOT_1, Recipe, root_1, root_2, sign};
use yima_code::bundle::{
    BundleError, KeysBody, ManifestsBody, Root, SignedRoot, keys_part, root_part, roots, split_part, verified_keys,
    verified_manifests, verified_root, with_next_root,
};

fn signed(root: &Root, words: &[&str]) -> SignedRoot {
    let body = root.to_bytes().unwrap();
    let signatures = sign(words, &Root::signing_input(&body));
    SignedRoot { body, signatures }
}

#[test]
fn a_root_is_added_only_with_both_quorums() {
    let part = root_part(&[signed(&root_1(), &ROOT_1)]).unwrap();
    let pinned = Root::fingerprint(&root_1().to_bytes().unwrap());
    assert_eq!(verified_root(&part, &pinned).unwrap(), root_1());
    assert_eq!(verified_root(&part, &[7; 32]), Err(BundleError::RootUnknown));

    let longer = with_next_root(&part, signed(&root_2(), &ROOT_1)).unwrap();
    assert_eq!((verified_root(&longer, &pinned).unwrap(), roots(&longer).unwrap().len()), (root_2(), 2));
    let skipped = Root { version: 3, ..root_2() };
    let table = [
        (signed(&root_2(), &ROOT_1[..2]), BundleError::Quorum),
        (signed(&root_2(), &["root-a", "root-b", "keys-a"]), BundleError::UnknownSigner),
        (signed(&skipped, &ROOT_1), BundleError::RootChain),
        (signed(&root_1(), &ROOT_1), BundleError::RootChain),
    ];
    for (next, why) in table {
        assert_eq!(with_next_root(&part, next), Err(why));
    }
}

#[test]
fn a_chain_stays_as_short_as_a_gate_reads() {
    let mut part = root_part(&[signed(&root_1(), &ROOT_1)]).unwrap();
    for version in 2..=20 {
        part = with_next_root(&part, signed(&Root { version, ..root_1() }, &ROOT_1)).unwrap();
    }
    let newest = roots(&part).unwrap();
    assert_eq!(newest.len(), 16);
    assert_eq!(Root::parse(&newest[15].body).unwrap().version, 20);
}

#[test]
fn parts_are_believed_for_a_quorum_of_their_own_role() {
    let noon = Recipe::noon();
    let keys = noon.keys.to_bytes().unwrap();
    let manifests = noon.manifests.to_bytes().unwrap();
    let of_keys = |words: &[&str]| sign(words, &KeysBody::signing_input(&keys));
    let of_manifests = |words: &[&str]| sign(words, &ManifestsBody::signing_input(&manifests));
    assert_eq!(verified_keys(&keys, &of_keys(&["keys-a", "keys-b"]), &root_1()).unwrap(), noon.keys);
    assert_eq!(
        verified_manifests(&manifests, &of_manifests(&["review-a", "review-b"]), &root_1()).unwrap(),
        noon.manifests
    );
    for (words, why) in [
        (&["keys-a"][..], BundleError::Quorum),
        (&["keys-a", "keys-a"], BundleError::Malformed),
        (&["keys-a", "review-a"], BundleError::UnknownSigner),
        (&["keys-a", "online-a"], BundleError::UnknownSigner),
    ] {
        assert_eq!(verified_keys(&keys, &of_keys(words), &root_1()), Err(why));
    }
    let crossed = sign(&["keys-a", "keys-b"], &ManifestsBody::signing_input(&keys));
    assert_eq!(verified_keys(&keys, &crossed, &root_1()), Err(BundleError::BadSignature), "another domain");

    let mut made = of_keys(&["keys-b", "keys-a"]);
    let part = keys_part(&keys, &made).unwrap();
    made.sort_by_key(|one| one.key_id);
    assert_eq!(split_part(&part).unwrap(), (made, &keys[..]));
    assert_eq!(split_part(&[2, 0]), Err(BundleError::Malformed));
}
